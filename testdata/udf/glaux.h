// What a module of functions needs in C. Build with clang, without a library:
//
//   clang --target=wasm32 -O2 -nostdlib -Wl,--no-entry -Wl,--export-dynamic -o out.wasm in.c
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(module, name) __attribute__((import_module(#module), import_name(#name)))

// A column of a batch. Of text and bytes values is uint32_t[rows + 1]: row i is
// data[offsets[i]] up to data[offsets[i + 1]]. valid is NULL if no row is NULL.
struct column {
  void *values;
  uint8_t *data;
  uint8_t *valid;
};

// Ends the call with a message.
IMPORT(glaux, fail) _Noreturn void glaux_fail(const char *text, uint32_t bytes);

extern uint8_t __heap_base;

// The least allocator: it gives memory behind what the linker has laid out, and
// takes nothing back. Arguments stay where they are from call to call, so that is
// enough where results have a buffer that grows.
static uint8_t *glaux_top;

static void *glaux_take(uint32_t bytes) {
  if (glaux_top == NULL) glaux_top = &__heap_base;
  uintptr_t at = ((uintptr_t)glaux_top + 7) & ~(uintptr_t)7;
  uintptr_t end = at + bytes;
  if (end < at) return NULL;
  uintptr_t have = (uintptr_t)__builtin_wasm_memory_size(0) << 16;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + 0xffff) >> 16) == (size_t)-1) return NULL;
  glaux_top = (uint8_t *)end;
  return (void *)at;
}

EXPORT(glaux_alloc) void *glaux_alloc(uint32_t bytes) { return glaux_take(bytes); }
