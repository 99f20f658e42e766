/* Loaded before the C library, it writes down in order what a process does to the files of one folder, RECORDED:
 * writes, truncations, deletions and syncs. Of these a power loss may leave out what was not synced.
 *
 * A record is a letter, the length of the path, an offset, the length of the data (64 bits each), the path, the data. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int to = -1;

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))
typedef ssize_t (*writes)(int, const void *, size_t);

static void record(char what, const char *path, uint64_t offset, const void *data, uint64_t length)
{
    const char *folder = getenv("RECORDED"), *log = getenv("RECORD");
    if (!folder || !log || strncmp(path, folder, strlen(folder)) != 0)
        return;
    uint64_t head[4] = {(uint64_t)what, strlen(path), offset, data ? length : 0};
    size_t size = sizeof head + head[1] + head[3];
    char *all = malloc(size);
    if (!all)
        abort();
    memcpy(all, head, sizeof head);
    memcpy(all + sizeof head, path, head[1]);
    if (data)
        memcpy(all + sizeof head + head[1], data, head[3]);
    if (to < 0)
        to = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (NEXT(writes, "write")(to, all, size) != (ssize_t)size)
        abort();
    free(all);
}

static void on(char what, int file, uint64_t offset, const void *data, uint64_t length)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0)
        return;
    path[size] = 0;
    record(what, path, offset, data, length);
}

/* What was done and what is written down of it happen in one turn. */
#define IN_TURN(type, act, note)             \
    do {                                     \
        pthread_mutex_lock(&turn);           \
        type done = act;                     \
        if (done >= 0)                       \
            note;                            \
        pthread_mutex_unlock(&turn);         \
        return done;                         \
    } while (0)

ssize_t write(int file, const void *data, size_t length)
{
    off_t at = lseek(file, 0, SEEK_CUR);
    if (at < 0)
        return NEXT(writes, "write")(file, data, length);
    IN_TURN(ssize_t, NEXT(writes, "write")(file, data, length), on('w', file, (uint64_t)at, data, (uint64_t)done));
}

typedef ssize_t (*pwrites)(int, const void *, size_t, off64_t);
ssize_t pwrite64(int file, const void *data, size_t length, off64_t at)
{
    IN_TURN(ssize_t, NEXT(pwrites, "pwrite64")(file, data, length, at), on('w', file, (uint64_t)at, data, (uint64_t)done));
}

typedef int (*truncates)(int, off64_t);
int ftruncate64(int file, off64_t length)
{
    IN_TURN(int, NEXT(truncates, "ftruncate64")(file, length), on('t', file, (uint64_t)length, NULL, 0));
}
int ftruncate(int file, off_t length)
{
    IN_TURN(int, NEXT(truncates, "ftruncate64")(file, length), on('t', file, (uint64_t)length, NULL, 0));
}

typedef int (*syncs)(int);
int fsync(int file)
{
    IN_TURN(int, NEXT(syncs, "fsync")(file), on('s', file, 0, NULL, 0));
}
int fdatasync(int file)
{
    IN_TURN(int, NEXT(syncs, "fdatasync")(file), on('s', file, 0, NULL, 0));
}

typedef int (*unlinks)(const char *);
int unlink(const char *path)
{
    IN_TURN(int, NEXT(unlinks, "unlink")(path), record('u', path, 0, NULL, 0));
}
