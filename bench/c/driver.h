/* Makes the calls of a C client, and says how long they took. The arguments, the environment and the line that is
 * printed are those of rust/driver/src/lib.rs. Included once by each program. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The value of an environment variable; ends the program if it is missing. */
static const char *workload(const char *name) {
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "%s is not set\n", name);
        exit(2);
    }
    return value;
}

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Makes the calls that the arguments ask for, after OPERATION: CALLS [WARM_UP]. Each returns 0, or ends it all. */
static int run(int argc, char **argv, int (*call)(void)) {
    long calls = argc > 2 ? atol(argv[2]) : 1, warm_up = argc > 3 ? atol(argv[3]) : calls;
    for (long i = 0; i < warm_up; i++) {
        if (call() != 0) {
            return 1;
        }
    }
    if (argc <= 3) {
        return 0;
    }
    int64_t *each = calloc((size_t)calls, sizeof *each);
    int64_t cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    for (long i = 0; i < calls; i++) {
        int64_t before = now(CLOCK_MONOTONIC);
        if (each == NULL || call() != 0) {
            return 1;
        }
        each[i] = now(CLOCK_MONOTONIC) - before;
    }
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    qsort(each, (size_t)calls, sizeof *each, ascending);
    printf("{\"p50_us\":%.3f,\"p99_us\":%.3f,\"cpu_us\":%.3f}\n", (double)each[calls / 2] / 1e3,
           (double)each[calls * 99 / 100] / 1e3, (double)cpu / 1e3 / (double)calls);
    free(each);
    return 0;
}
