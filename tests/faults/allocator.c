/* allocator.c -- malloc, calloc, realloc, aligned_alloc, posix_memalign and free, counted. What serves them
 * is whatever is loaded behind: the C library, or AddressSanitizer, which then watches as well. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "tests/faults/allocator.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct {
    long requests, at, held;
    shortage_t how;
    bool failed;
} memory;

void memory_fails_at(long k, shortage_t how)
{
    memory.requests = 0;
    memory.at = k;
    memory.how = how;
    memory.failed = false;
}

bool memory_failed(void)
{
    memory.at = 0;
    return memory.failed;
}

long memory_requests(void)
{
    return memory.requests;
}

long memory_held(void)
{
    return memory.held;
}

static bool refused(void)
{
    if (!memory.at) return false;
    memory.requests++;
    bool out =
        memory.how == FAILS_ONCE ? memory.requests == memory.at : memory.requests >= memory.at;
    if (!out) return false;
    memory.failed = true;
    errno = ENOMEM;
    return true;
}

/* --- who serves ------------------------------------------------------------------------------- */

/* dlsym may ask for memory itself, before we know whom to ask: a few blocks, never given back. */
enum { EARLY_BYTES = 65536 };
static struct {
    _Alignas(16) unsigned char block[EARLY_BYTES];
    size_t used;
} early;

static void *early_block(size_t size)
{
    size = (size + 15) / 16 * 16;
    if (size > EARLY_BYTES - early.used) return NULL;
    void *block = early.block + early.used;
    early.used += size;
    return block;
}

static bool is_early(const void *block)
{
    const unsigned char *b = block;
    return b >= early.block && b < early.block + EARLY_BYTES;
}

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void (*free)(void *);
    bool looking, found;
} next;

static bool next_found(void)
{
    if (next.found || next.looking) return next.found;
    next.looking = true;
    *(void **)&next.malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&next.calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&next.realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&next.posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
    *(void **)&next.free = dlsym(RTLD_NEXT, "free");
    next.found = true;
    return true;
}

static void *given(void *block)
{
    memory.held += block != NULL;
    return block;
}

/* --- the doors -------------------------------------------------------------------------------- */

void *malloc(size_t size)
{
    if (!next_found()) return early_block(size);
    return refused() ? NULL : given(next.malloc(size));
}

void *calloc(size_t n, size_t size)
{
    if (!next_found()) return early_block(n * size); /* zero: static, used once */
    return refused() ? NULL : given(next.calloc(n, size));
}

void *realloc(void *block, size_t size)
{
    if (!block) return malloc(size);
    if (!next_found() || is_early(block)) abort();
    return refused() ? NULL : next.realloc(block, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    if (!next_found()) abort();
    if (refused()) return ENOMEM;
    int error = next.posix_memalign(block, alignment, size);
    memory.held += !error;
    return error;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    void *block = NULL;
    return posix_memalign(&block, alignment, size) ? NULL : block;
}

void free(void *block)
{
    if (!block || is_early(block) || !next_found()) return;
    memory.held--;
    next.free(block);
}

/* AddressSanitizer's own would not ask malloc. */
char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}
