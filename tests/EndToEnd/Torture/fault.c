/* Fails writes below UVL_FAULT_FOLDER from number UVL_FAULT_AT on with UVL_FAULT_ERROR; the number of them is left in UVL_FAULT_COUNT's file. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int count;

static int below(const char *path) {
    const char *folder = getenv("UVL_FAULT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int below_fd(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return below(path);
}

static int fails(void) {
    int number = atomic_fetch_add(&count, 1) + 1, at = atoi(getenv("UVL_FAULT_AT"));
    if (at == 0 || number < at) return 0;
    errno = atoi(getenv("UVL_FAULT_ERROR"));
    return 1;
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("UVL_FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) { fprintf(file, "%d", atomic_load(&count)); fclose(file); }
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t size) { REAL(write); return below_fd(fd) && fails() ? -1 : real(fd, data, size); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { REAL(pwrite64); return below_fd(fd) && fails() ? -1 : real(fd, data, size, at); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { REAL(pwrite); return below_fd(fd) && fails() ? -1 : real(fd, data, size, at); }
int rename(const char *from, const char *to) { REAL(rename); return below(to) && fails() ? -1 : real(from, to); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); return below(path) && fails() ? -1 : real(path, mode); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); return below_fd(fd) && fails() ? -1 : real(fd, size); }

static int open_it(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    return (flags & O_CREAT) && below(path) && fails() ? -1 : real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    REAL(open);
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest);
    return open_it(real, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest);
    return open_it(real, path, flags, mode);
}
