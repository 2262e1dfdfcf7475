/* The part of scrypt (RFC 7914) that takes its time and memory, for pyodide/_hashes.py. CPython has it from OpenSSL only. */
#include "core.h"

#include <stdint.h>
#include <string.h>

#define WORDS 16 /* of 32 bits in a block of Salsa20 */

static uint32_t
rotated(uint32_t word, int bits)
{
    return word << bits | word >> (32 - bits);
}

static void
quarter(uint32_t *block, int a, int b, int c, int d)
{
    block[b] ^= rotated(block[a] + block[d], 7);
    block[c] ^= rotated(block[b] + block[a], 9);
    block[d] ^= rotated(block[c] + block[b], 13);
    block[a] ^= rotated(block[d] + block[c], 18);
}

/* Salsa20/8 (section 3). */
static void
salsa(uint32_t *block)
{
    uint32_t work[WORDS];
    memcpy(work, block, sizeof(work));
    for (int round = 0; round < 8; round += 2) {
        for (int i = 0; i < 4; i++) { /* columns, each from the diagonal down */
            quarter(work, 5 * i, (5 * i + 4) % 16, (5 * i + 8) % 16, (5 * i + 12) % 16);
        }
        for (int i = 0; i < 4; i++) { /* rows */
            quarter(work, 5 * i, 4 * i + (i + 1) % 4, 4 * i + (i + 2) % 4, 4 * i + (i + 3) % 4);
        }
    }
    for (int i = 0; i < WORDS; i++) {
        block[i] += work[i];
    }
}

/* scryptBlockMix (section 4): 2 * r blocks of `from` to `to`. */
static void
mix_block(const uint32_t *from, uint32_t *to, size_t r)
{
    uint32_t x[WORDS];
    memcpy(x, from + (2 * r - 1) * WORDS, sizeof(x));
    for (size_t i = 0; i < 2 * r; i++) {
        for (int j = 0; j < WORDS; j++) {
            x[j] ^= from[i * WORDS + (size_t)j];
        }
        salsa(x);
        memcpy(to + (i / 2 + (i % 2) * r) * WORDS, x, sizeof(x));
    }
}

/* scryptROMix (section 5). Words are little-endian in memory, as WebAssembly's are. */
static PyObject *
mix(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer block;
    Py_ssize_t n;
    if (!PyArg_ParseTuple(args, "y*n:mix", &block, &n)) {
        return NULL;
    }
    size_t size = (size_t)block.len, words = size / sizeof(uint32_t), r = size / 128;
    PyObject *result = NULL;
    uint32_t *table = NULL;
    if (n < 2 || (n & (n - 1)) != 0 || r == 0 || size % 128 != 0 || (size_t)n + 2 > PY_SSIZE_T_MAX / size) {
        PyErr_SetString(PyExc_ValueError, "n must be a power of 2 above 1, and the block hold 128 * r bytes");
        goto done;
    }
    table = PyMem_RawMalloc(((size_t)n + 2) * size);
    if (table == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    uint32_t *x = table + (size_t)n * words, *y = x + words;
    memcpy(x, block.buf, size);
    for (size_t i = 0; i < (size_t)n; i++) {
        memcpy(table + i * words, x, size);
        mix_block(table + i * words, x, r);
    }
    for (size_t i = 0; i < (size_t)n; i++) {
        const uint32_t *chosen = table + (x[(2 * r - 1) * WORDS] & ((uint32_t)n - 1)) * words;
        for (size_t j = 0; j < words; j++) {
            y[j] = x[j] ^ chosen[j];
        }
        mix_block(y, x, r);
    }
    result = PyBytes_FromStringAndSize((char *)x, (Py_ssize_t)size);
done:
    PyMem_RawFree(table);
    PyBuffer_Release(&block);
    return result;
}

static PyMethodDef functions[] = {
    {"mix", mix, METH_VARARGS, "mix(block, n): scryptROMix of RFC 7914. ValueError, MemoryError."},
    {0},
};

static PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_wasmforge_scrypt",
    .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__wasmforge_scrypt(void)
{
    return PyModule_Create(&module);
}
