#include "driver.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

plan plan_from_arguments(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: OPERATION CALLS [THREADS [WARM_UP [unmeasured]]]\n");
        exit(2);
    }
    return (plan){
        .operation = argv[1],
        .calls = argc > 2 ? atol(argv[2]) : 1,
        .threads = argc > 3 ? atoi(argv[3]) : 1,
        .warm_up = argc > 4 ? atol(argv[4]) : 0,
        .measured = argc <= 5,
    };
}

const char *workload(const char *name) {
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

/* So many times are kept at most, of calls at equal distances: a program's memory must not grow by being measured. */
#define MOST_KEPT 10000

typedef struct {
    const plan *plan;
    client client;
    pthread_barrier_t *start;
    int64_t *each;
    long step;
    int64_t all;
    int64_t first;
    int failed;
} worker;

static void *work(void *argument) {
    worker *self = argument;
    const plan *plan = self->plan;
    void *client = self->client.open(plan);
    self->failed = client == NULL;
    for (long i = 0; i < plan->warm_up && !self->failed; i++) {
        self->failed = self->client.call(client);
    }
    pthread_barrier_wait(self->start);
    int64_t begun = plan->measured ? now(CLOCK_MONOTONIC) : 0;
    for (long i = 0; i < plan->calls && !self->failed; i++) {
        int64_t before = plan->measured ? now(CLOCK_MONOTONIC) : 0;
        self->failed = self->client.call(client);
        if (plan->measured) {
            int64_t took = now(CLOCK_MONOTONIC) - before;
            if (i % self->step == 0) {
                self->each[i / self->step] = took;
            }
            if (i == 0) {
                self->first = now(CLOCK_REALTIME);
            }
        }
    }
    self->all = plan->measured ? now(CLOCK_MONOTONIC) - begun : 0;
    if (client != NULL) {
        self->client.close(client);
    }
    return NULL;
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static long resident_kib(void) {
    long kib = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0) {
            kib = atol(line + 6);
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    return kib;
}

int run(const plan *plan, client client) {
    long step = plan->calls / MOST_KEPT + 1;
    size_t threads = (size_t)plan->threads, kept = (size_t)((plan->calls + step - 1) / step);
    int64_t *each = calloc(threads * kept + 1, sizeof *each);
    worker *workers = calloc(threads, sizeof *workers);
    pthread_t *handles = calloc(threads, sizeof *handles);
    pthread_barrier_t start;
    if (each == NULL || workers == NULL || handles == NULL || pthread_barrier_init(&start, NULL, plan->threads) != 0) {
        return 1;
    }
    int64_t cpu = plan->measured ? now(CLOCK_PROCESS_CPUTIME_ID) : 0;
    for (size_t i = 0; i < threads; i++) {
        workers[i] = (worker){.plan = plan, .client = client, .start = &start, .step = step, .each = each + i * kept};
        if (threads == 1) {
            work(&workers[i]);
        } else if (pthread_create(&handles[i], NULL, work, &workers[i]) != 0) {
            return 1;
        }
    }
    int failed = 0;
    int64_t all = 0;
    for (size_t i = 0; i < threads; i++) {
        if (threads > 1) {
            pthread_join(handles[i], NULL);
        }
        failed |= workers[i].failed;
        all = workers[i].all > all ? workers[i].all : all;
    }
    if (failed) {
        fprintf(stderr, "a call has failed\n");
    } else if (plan->measured) {
        cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        size_t count = threads * (size_t)plan->calls, all_kept = threads * kept;
        qsort(each, all_kept, sizeof *each, ascending);
        printf("{\"calls\":%zu,\"seconds\":%.6f,\"cpu_us\":%.3f,\"p50_us\":%.3f,\"p99_us\":%.3f,\"first_ns\":%lld,"
               "\"rss_kib\":%ld}\n",
               count, all / 1e9, cpu / 1e3 / count, each[all_kept * 50 / 100] / 1e3, each[all_kept * 99 / 100] / 1e3,
               (long long)workers[0].first, resident_kib());
    }
    free(handles);
    free(workers);
    free(each);
    pthread_barrier_destroy(&start);
    return failed;
}
