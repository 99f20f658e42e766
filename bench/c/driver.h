/* Makes the calls of a C client, and says how long they took.
 *
 * The arguments, the environment and the line that is printed are those of rust/driver/src/lib.rs. */
#ifndef BENCH_DRIVER_H
#define BENCH_DRIVER_H

#include <stdbool.h>
#include <stdlib.h>

/* What the program was asked to do. */
typedef struct {
    const char *operation;
    long calls;
    int threads;
    long warm_up;
    bool measured;
} plan;

/* A client of one thread: opened and closed on it; a call returns 0 or ends the measurement. */
typedef struct {
    void *(*open)(const plan *plan);
    int (*call)(void *client);
    void (*close)(void *client);
} client;

/* Reads the program's arguments; ends the program if there are none. */
plan plan_from_arguments(int argc, char **argv);

/* The value of an environment variable; ends the program if it is missing. */
const char *workload(const char *name);

/* Makes the calls that `plan` asks for, each thread those of a client of its own, and prints what they took. */
int run(const plan *plan, client client);

#endif
