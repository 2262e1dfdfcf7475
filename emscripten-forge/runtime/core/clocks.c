/* Clocks and timers that emscripten lacks: processor time, which does not count waiting, and the timer of
   signal.alarm(). The linker replaces the C library's functions by these (build.sh). */
#include "core.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/time.h>

/* Seconds. */
WF_IMPORT(js_processor_time) double js_processor_time(void);
/* Let SIGALRM come in so many milliseconds (0: never), and again each `interval` (0: once). */
WF_IMPORT(js_set_alarm) void js_set_alarm(double first, double interval);
WF_IMPORT(js_alarm_left) double js_alarm_left(void);
WF_IMPORT(js_alarm_interval) double js_alarm_interval(void);

static struct timeval
to_timeval(double seconds)
{
    time_t whole = (time_t)seconds;
    return (struct timeval){whole, (suseconds_t)((seconds - (double)whole) * 1e6)};
}

static double
to_milliseconds(struct timeval time)
{
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* Processor time and the size of memory, which never shrinks. There are no children. */
int
__wrap_getrusage(int who, struct rusage *usage)
{
    *usage = (struct rusage){0};
    if (who == RUSAGE_CHILDREN) {
        return 0;
    }
    if (who != RUSAGE_SELF && who != RUSAGE_THREAD) {
        errno = EINVAL;
        return -1;
    }
    usage->ru_utime = to_timeval(js_processor_time());
    usage->ru_maxrss = (long)((size_t)__builtin_wasm_memory_size(0) * 65536 / 1024);
    return 0;
}

int
__wrap_getitimer(int which, struct itimerval *timer)
{
    if (which != ITIMER_REAL) {
        errno = EINVAL;
        return -1;
    }
    *timer = (struct itimerval){to_timeval(js_alarm_interval() / 1e3), to_timeval(js_alarm_left() / 1e3)};
    return 0;
}

int
__wrap_setitimer(int which, const struct itimerval *timer, struct itimerval *before)
{
    if (which != ITIMER_REAL) {
        errno = EINVAL;
        return -1;
    }
    if (before != NULL) {
        __wrap_getitimer(which, before);
    }
    js_set_alarm(to_milliseconds(timer->it_value), to_milliseconds(timer->it_interval));
    return 0;
}
