/* wcsftime() as glibc has it in the C locale. musl's gives an empty text for all of a format that holds one code or flag
   it does not know (%P, %l, %^a, a % at the end), which programs written for glibc do.
   Python calls nothing else: the linker replaces musl's function by this (build.sh). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

typedef struct {
    wchar_t *to;
    size_t size; /* 0 once the text did not fit */
    size_t length;
} output;

/* What stands between the % and the code. */
typedef struct {
    char pad; /* '_', '-', '0', or 0: as the code has it */
    int upper, swap;
    int width;
} style;

static const char *const DAYS[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const MONTHS[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

static void
put(output *out, wint_t c)
{
    if (out->length + 1 < out->size) {
        out->to[out->length++] = (wchar_t)c;
    }
    else {
        out->size = 0;
    }
}

static void
put_padding(output *out, wint_t pad, int count)
{
    for (; count > 0; count--) {
        put(out, pad);
    }
}

static void
put_wide(output *out, style how, const wchar_t *text, size_t length)
{
    put_padding(out, how.pad == '0' ? '0' : ' ', how.width - (int)length);
    for (size_t i = 0; i < length; i++) {
        put(out, how.upper ? towupper((wint_t)text[i]) : (wint_t)text[i]);
    }
}

/* At most `count` characters of a text. */
static void
put_text(output *out, style how, const char *text, size_t count, int lower)
{
    wchar_t wide[64];
    size_t length = strnlen(text, count < 64 ? count : 64);
    for (size_t i = 0; i < length; i++) {
        wide[i] = (wchar_t)(lower ? tolower(text[i]) : text[i]);
    }
    how.upper = how.upper && !lower;
    put_wide(out, how, wide, length);
}

static void
put_number(output *out, style how, int digits, long long number)
{
    char text[24];
    unsigned long long size = number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;
    int length = snprintf(text, sizeof(text), "%llu", size);
    const char *sign = number < 0 ? "-" : "";
    int missing = (how.width > digits ? how.width : digits) - length - (int)strlen(sign);
    if (how.pad == '-') {
        put_padding(out, ' ', how.width - length - (int)strlen(sign));
    }
    else if (how.pad == '_') {
        put_padding(out, ' ', missing);
    }
    if (*sign) {
        put(out, (wint_t)*sign);
    }
    if (how.pad != '-' && how.pad != '_') {
        put_padding(out, '0', missing);
    }
    for (int i = 0; i < length; i++) {
        put(out, (wint_t)text[i]);
    }
}

static int
is_leap(long long year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The week of ISO 8601, and the year it belongs to. Week 1 holds the year's first Thursday. */
static int
iso_week(const struct tm *time, long long *year)
{
    int weekday = (time->tm_wday + 6) % 7; /* from Monday, 0 */
    *year = time->tm_year + 1900LL;
    int week = (time->tm_yday - weekday + 10) / 7;
    if (week < 1) {
        *year -= 1;
        int yday = time->tm_yday + 365 + is_leap(*year);
        return (yday - weekday + 10) / 7;
    }
    int last_monday = 365 + is_leap(*year) - 4 + 1; /* of the days that can begin a week of this year */
    if (time->tm_yday - weekday >= last_monday) {
        *year += 1;
        return 1;
    }
    return week;
}

static void format_all(output *out, const wchar_t *format, const struct tm *time, int upper);

/* A code that stands for others is padded as a whole. */
static void
put_composed(output *out, style how, const wchar_t *format, const struct tm *time)
{
    wchar_t text[128];
    output part = {text, sizeof(text) / sizeof(*text), 0};
    format_all(&part, format, time, how.upper);
    put_wide(out, how, text, part.length);
}

/* Return 0 for a code that glibc does not know. */
static int
format_one(output *out, style how, char modifier, wchar_t code, const struct tm *time)
{
    long long year = time->tm_year + 1900LL;
    int hour12 = time->tm_hour % 12 == 0 ? 12 : time->tm_hour % 12;
    if ((modifier == 'E' && wcschr(L"aAbBhdeHIjklmMSUVwWgGDF", code)) ||
        (modifier == 'O' && wcschr(L"aAcxXYDF", code))) {
        return 0;
    }
    style spaced = how;
    spaced.pad = how.pad == 0 ? '_' : how.pad;
    if (how.swap && wcschr(L"aAbBh", code)) {
        how.upper = 1;
    }
    switch (code) {
    case 'a':
        put_text(out, how, DAYS[time->tm_wday], 3, 0);
        break;
    case 'A':
        put_text(out, how, DAYS[time->tm_wday], 9, 0);
        break;
    case 'b':
    case 'h':
        put_text(out, how, MONTHS[time->tm_mon], 3, 0);
        break;
    case 'B':
        put_text(out, how, MONTHS[time->tm_mon], 9, 0);
        break;
    case 'p':
        put_text(out, how, time->tm_hour < 12 ? "AM" : "PM", 2, how.swap);
        break;
    case 'P':
        put_text(out, how, time->tm_hour < 12 ? "am" : "pm", 2, 1);
        break;
    case 'Z':
        put_text(out, how, time->tm_zone == NULL ? "" : time->tm_zone, 64, how.swap);
        break;
    case 'n':
        put_text(out, how, "\n", 1, 0);
        break;
    case 't':
        put_text(out, how, "\t", 1, 0);
        break;
    case '%':
        put_text(out, how, "%", 1, 0);
        break;

    case 'c':
        put_composed(out, how, L"%a %b %e %H:%M:%S %Y", time);
        break;
    case 'D':
    case 'x':
        put_composed(out, how, L"%m/%d/%y", time);
        break;
    case 'F':
        put_composed(out, how, L"%Y-%m-%d", time);
        break;
    case 'r':
        put_composed(out, how, L"%I:%M:%S %p", time);
        break;
    case 'R':
        put_composed(out, how, L"%H:%M", time);
        break;
    case 'T':
    case 'X':
        put_composed(out, how, L"%H:%M:%S", time);
        break;

    case 'C':
        put_number(out, how, 1, year / 100 - (year % 100 < 0));
        break;
    case 'd':
        put_number(out, how, 2, time->tm_mday);
        break;
    case 'e':
        put_number(out, spaced, 2, time->tm_mday);
        break;
    case 'H':
        put_number(out, how, 2, time->tm_hour);
        break;
    case 'I':
        put_number(out, how, 2, hour12);
        break;
    case 'j':
        put_number(out, how, 3, time->tm_yday + 1);
        break;
    case 'k':
        put_number(out, spaced, 2, time->tm_hour);
        break;
    case 'l':
        put_number(out, spaced, 2, hour12);
        break;
    case 'm':
        put_number(out, how, 2, time->tm_mon + 1);
        break;
    case 'M':
        put_number(out, how, 2, time->tm_min);
        break;
    case 'S':
        put_number(out, how, 2, time->tm_sec);
        break;
    case 'u':
        put_number(out, how, 1, (time->tm_wday + 6) % 7 + 1);
        break;
    case 'w':
        put_number(out, how, 1, time->tm_wday);
        break;
    case 'U':
        put_number(out, how, 2, (time->tm_yday - time->tm_wday + 7) / 7);
        break;
    case 'W':
        put_number(out, how, 2, (time->tm_yday - (time->tm_wday + 6) % 7 + 7) / 7);
        break;
    case 'y':
        put_number(out, how, 2, (year % 100 + 100) % 100);
        break;
    case 'Y':
        put_number(out, how, 1, year);
        break;
    case 'V':
        put_number(out, how, 2, iso_week(time, &year));
        break;
    case 'g':
        iso_week(time, &year);
        put_number(out, how, 2, (year % 100 + 100) % 100);
        break;
    case 'G':
        iso_week(time, &year);
        put_number(out, how, 1, year);
        break;
    case 's': {
        struct tm copy = *time;
        char text[24];
        snprintf(text, sizeof(text), "%lld", (long long)mktime(&copy));
        put_text(out, how, text, sizeof(text), 0);
        break;
    }
    case 'z':
        if (time->tm_isdst >= 0) {
            long minutes = labs(time->tm_gmtoff / 60);
            put_text(out, how, time->tm_gmtoff < 0 ? "-" : "+", 1, 0);
            put_number(out, how, 4, minutes / 60 * 100 + minutes % 60);
        }
        break;
    default:
        return 0;
    }
    return 1;
}

static void
format_all(output *out, const wchar_t *format, const struct tm *time, int upper)
{
    for (const wchar_t *at = format; *at; at++) {
        if (*at != '%') {
            put(out, (wint_t)*at);
            continue;
        }
        const wchar_t *start = at++;
        style how = {0, upper, 0, -1};
        for (; *at && wcschr(L"_-0^#", *at); at++) {
            if (*at == '^') {
                how.upper = 1;
            }
            else if (*at == '#') {
                how.swap = 1;
            }
            else {
                how.pad = (char)*at;
            }
        }
        for (; *at >= '0' && *at <= '9'; at++) {
            how.width = how.width < 0 ? 0 : how.width;
            how.width = how.width > 100000 ? how.width : how.width * 10 + (*at - '0');
        }
        char modifier = *at == 'E' || *at == 'O' ? (char)*at++ : 0;
        if (!*at || !format_one(out, how, modifier, *at, time)) {
            at -= !*at;
            put_wide(out, how, start, (size_t)(at + 1 - start));
        }
    }
}

/* The format is ASCII: Python writes everything else by itself. */
size_t
__wrap_wcsftime(wchar_t *to, size_t size, const wchar_t *format, const struct tm *time)
{
    output out = {to, size, 0};
    format_all(&out, format, time, 0);
    if (out.size == 0) {
        return 0;
    }
    to[out.length] = 0;
    return out.length;
}
