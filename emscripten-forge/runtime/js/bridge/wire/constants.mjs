// Written by constants.py from core/*.h, which say what each constant means: do not edit.

// core/buffer.h
export const ARRAY_OK = 0;
export const ARRAY_DETACHED = -1;
export const ARRAY_TOO_LARGE = -2;
export const FILE_READ = 0;
export const FILE_WRITE = 1;
export const FILE_GIVE = 2;

// core/jsproxy_types.h
export const JS_ITERABLE = 1;
export const JS_ITERATOR = 2;
export const JS_GENERATOR = 4;
export const JS_ASYNC_ITERABLE = 8;
export const JS_ASYNC_ITERATOR = 16;
export const JS_ASYNC_GENERATOR = 32;
export const JS_AWAITABLE = 64;
export const JS_DISPOSABLE = 128;
export const JS_ASYNC_DISPOSABLE = 256;
export const JS_HAS_LENGTH = 512;
export const JS_HAS_GET = 1024;
export const JS_HAS_SET = 2048;
export const JS_HAS_HAS = 4096;
export const JS_HAS_INCLUDES = 8192;
export const JS_CALLABLE = 16384;
export const JS_ARRAY = 32768;
export const JS_ARRAY_LIKE = 65536;
export const JS_TYPED_ARRAY = 131072;
export const JS_BUFFER = 262144;
export const JS_SEQUENCE = 524288;
export const JS_MAPPING = 1048576;
export const JS_MUTABLE_MAPPING = 2097152;
export const JS_ERROR = 4194304;
export const JS_DOUBLE_PROXY = 8388608;
export const JS_OBJECT_MAP = 16777216;
export const JS_HEREDITARY = 33554432;
export const JS_JSON_DICT = 67108864;
export const JS_JSON_SEQUENCE = 134217728;
export const JS_ROOT = 268435456;
export const NEXT = 0;
export const THROW = 1;
export const RETURN = 2;
export const MORE = 0;
export const LAST = 1;
export const INVALID = 2;

// core/pyproxy.h
export const PY_CALLABLE = 1;
export const PY_DICT = 2;
export const PY_HAS_GET = 4;
export const PY_HAS_SET = 8;
export const PY_HAS_CONTAINS = 16;
export const PY_HAS_LENGTH = 32;
export const PY_ITERABLE = 64;
export const PY_ITERATOR = 128;
export const PY_GENERATOR = 256;
export const PY_AWAITABLE = 512;
export const PY_ASYNC_ITERABLE = 1024;
export const PY_ASYNC_ITERATOR = 2048;
export const PY_ASYNC_GENERATOR = 4096;
export const PY_SEQUENCE = 8192;
export const PY_MUTABLE_SEQUENCE = 16384;
export const PY_BUFFER = 32768;
export const PY_JSON_VIEW = 65536;
export const PYPROXY_NO_FINALIZER = 1;
export const PYPROXY_ROUNDTRIP = 2;

// core/suspend.h
export const INTERRUPTED = 0;
export const STUCK = -1;
export const SLEPT = 1;

// core/to_py.h
export const ROW_LIST = 32;
export const ROW_DICT = 33;
export const ROW_SET = 34;
export const ROW_SEEN = 35;
export const ROW_TEXT = 36;
export const ROW_BUFFER = 37;

// core/value.h
export const UNDEFINED = 0;
export const NULL = 1;
export const FALSE = 2;
export const TRUE = 3;
export const INT = 4;
export const NUMBER = 5;
export const BIGINT = 6;
export const STRING = 7;
export const PYOBJECT = 8;
export const JSOBJECT = 9;
export const ERROR = 10;
export const END = 11;
export const KNOWN = 12;
export const ARRAY = 13;
export const DICT = 14;
export const SET = 15;
export const SEEN = 16;
export const OWNED = 0;
export const BORROWED = 1;
export const KIND_ASCII = 0;
export const KIND_1 = 1;
export const KIND_2 = 2;
export const KIND_4 = 4;
export const VALUE_SIZE = 16;
