/* A clock that is ahead by MOVED_CLOCK_SECONDS, for the processes that this is preloaded into: what tells the time of
   day, and the times of files both ways, so that a file that was written just now is as old as it is. The clocks that
   waits are measured by stay as they are. (libfaketime moves those too, which Python's locks do not bear, and not the
   times of files that Python asks for.) */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

static long ahead;

__attribute__((constructor)) static void read_setting(void) {
    const char *seconds = getenv("MOVED_CLOCK_SECONDS");
    ahead = seconds ? atol(seconds) : 0;
}

#define REAL(type, name, ...)                      \
    static type (*real)(__VA_ARGS__);              \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int failed = real(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += ahead;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    REAL(int, "gettimeofday", struct timeval *, void *);
    int failed = real(now, zone);
    if (!failed) now->tv_sec += ahead;
    return failed;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

static int moved(int failed, struct stat64 *found) {
    if (!failed) {
        found->st_atim.tv_sec += ahead;
        found->st_mtim.tv_sec += ahead;
        found->st_ctim.tv_sec += ahead;
    }
    return failed;
}

int stat64(const char *path, struct stat64 *found) {
    REAL(int, "stat64", const char *, struct stat64 *);
    return moved(real(path, found), found);
}

int lstat64(const char *path, struct stat64 *found) {
    REAL(int, "lstat64", const char *, struct stat64 *);
    return moved(real(path, found), found);
}

int fstat64(int file, struct stat64 *found) {
    REAL(int, "fstat64", int, struct stat64 *);
    return moved(real(file, found), found);
}

int fstatat64(int folder, const char *path, struct stat64 *found, int flags) {
    REAL(int, "fstatat64", int, const char *, struct stat64 *, int);
    return moved(real(folder, path, found, flags), found);
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags) {
    REAL(int, "utimensat", int, const char *, const struct timespec *, int);
    if (!times) return real(folder, path, times, flags);
    struct timespec back[2] = {times[0], times[1]};
    back[0].tv_sec -= ahead;
    back[1].tv_sec -= ahead;
    return real(folder, path, back, flags);
}

int futimens(int file, const struct timespec times[2]) {
    REAL(int, "futimens", int, const struct timespec *);
    if (!times) return real(file, times);
    struct timespec back[2] = {times[0], times[1]};
    back[0].tv_sec -= ahead;
    back[1].tv_sec -= ahead;
    return real(file, back);
}
