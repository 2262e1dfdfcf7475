/* Local time in the zone that the environment variable TZ names. Emscripten knows the engine's own zone alone.
   The linker replaces the C library's functions by these (build.sh). */
#include "core.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAME_SIZE 17

/* Use the zone of this name (NULL: the engine's) from now on. Return 0 if it is the engine's, whose times emscripten knows. */
WF_IMPORT(js_use_zone) int js_use_zone(const char *name);
/* Seconds east of UTC at a time in seconds, doubled; plus 1 in summer time. */
WF_IMPORT(js_zone_at) int js_zone_at(double seconds);
/* Write the abbreviation of standard or summer time, at most NAME_SIZE bytes with the last 0. Return 0 if there is none. */
WF_IMPORT(js_zone_name) int js_zone_name(int is_summer, char *name);

/* emscripten's: what it knows of the engine's zone, with names of up to 17 bytes. */
extern void _tzset_js(long *zone, int *has_daylight, char *standard_name, char *daylight_name);
extern struct tm *__real_localtime_r(const time_t *seconds, struct tm *time);
extern time_t __real_mktime(struct tm *time);

static int in_use;
static char names[2][NAME_SIZE];

void
__wrap_tzset(void)
{
    const char *name = getenv("TZ");
    in_use = js_use_zone(name);
    if (!in_use) {
        _tzset_js(&timezone, &daylight, names[0], names[1]);
    }
    tzname[0] = names[0];
    tzname[1] = names[1];
    js_zone_name(0, names[0]);
    daylight = js_zone_name(1, names[1]);
    if (!daylight) {
        strcpy(names[1], names[0]);
    }
    if (!in_use) {
        return;
    }
    /* Of this year's winter and summer, whichever is standard time. */
    double now = (double)time(NULL), half_a_year = 182.5 * 86400;
    int zone = js_zone_at(now);
    timezone = -(zone & 1 ? js_zone_at(now - half_a_year) : zone) / 2;
}

struct tm *
__wrap_localtime_r(const time_t *seconds, struct tm *time)
{
    if (!in_use) {
        return __real_localtime_r(seconds, time);
    }
    int zone = js_zone_at((double)*seconds);
    int is_summer = zone & 1;
    time_t local = *seconds + (zone - is_summer) / 2;
    if (gmtime_r(&local, time) == NULL) {
        return NULL;
    }
    time->tm_isdst = is_summer;
    time->tm_gmtoff = (zone - is_summer) / 2;
    time->tm_zone = names[is_summer];
    return time;
}

time_t
__wrap_mktime(struct tm *time)
{
    if (!in_use) {
        return __real_mktime(time);
    }
    struct tm copy = *time;
    time_t local = timegm(&copy);
    /* The offset before and after any change that is near; the one that the wanted kind of time has, if they differ. */
    int early = js_zone_at((double)local - 86400), late = js_zone_at((double)local + 86400);
    int zones[] = {early, late};
    time_t found = local - (early - (early & 1)) / 2;
    for (int i = 0; i < 2; i++) {
        time_t attempt = local - (zones[i] - (zones[i] & 1)) / 2;
        if (js_zone_at((double)attempt) == zones[i] &&
            (i == 0 || time->tm_isdst == (zones[i] & 1) || js_zone_at((double)found) != early)) {
            found = attempt;
        }
    }
    __wrap_localtime_r(&found, time);
    return found;
}
