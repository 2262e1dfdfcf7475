#include "frozen.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XSTRING(text) STRING(text)
#define STRING(text) #text
#define FILE_NAME "lib/python" XSTRING(PY_MAJOR_VERSION) "." XSTRING(PY_MINOR_VERSION) "/wasmforge.frozen"

/* Return the content of a file, or NULL if it cannot be read. */
static char *
read_file(FILE *file, size_t *size)
{
    fseek(file, 0, SEEK_END);
    long end = ftell(file);
    char *data = end <= 0 ? NULL : malloc((size_t)end);
    rewind(file);
    if (data != NULL && fread(data, 1, (size_t)end, file) != (size_t)end) {
        free(data);
        data = NULL;
    }
    *size = (size_t)end;
    return data;
}

/* Read the module at *at and advance *at past it. Return 0 if the data ends early. */
static int
next_module(const char **at, const char *end, struct _frozen *module)
{
    const char *name_end = memchr(*at, 0, (size_t)(end - *at));
    uint32_t size;
    if (name_end == NULL || (size_t)(end - name_end) < 1 + sizeof(size)) {
        return 0;
    }
    memcpy(&size, name_end + 1, sizeof(size));
    const char *code = name_end + 1 + sizeof(size);
    if (size > (size_t)(end - code)) {
        return 0;
    }
    *module = (struct _frozen){.name = *at, .code = (const unsigned char *)code, .size = (int)size};
    *at = code + size;
    return 1;
}

/* Return the table of the modules in data, which must outlive it. Return NULL if data is cut off or memory is short. */
static struct _frozen *
make_table(const char *data, size_t size)
{
    struct _frozen *table = NULL;
    int count = 0;
    for (const char *at = data, *end = data + size; at < end; count++) {
        struct _frozen *longer = realloc(table, (size_t)(count + 2) * sizeof(*table));
        if (longer == NULL || !next_module(&at, end, &longer[count])) {
            free(longer == NULL ? table : longer);
            return NULL;
        }
        table = longer;
        table[count + 1] = (struct _frozen){0};
    }
    return table;
}

PyStatus
wf_frozen_read(const char *prefix)
{
    size_t size = 0;
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/" FILE_NAME, prefix);
    FILE *file = fopen(path, "rb");
    char *data = file == NULL ? NULL : read_file(file, &size);
    if (file != NULL) {
        fclose(file);
    }
    struct _frozen *table = data == NULL ? NULL : make_table(data, size);
    if (table == NULL) {
        free(data);
        return PyStatus_Error(FILE_NAME " cannot be read; install the package wasmforge-runtime again");
    }
    PyImport_FrozenModules = table;
    return PyStatus_Ok();
}
