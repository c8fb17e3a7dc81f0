#include "slots.h"

#include <stdlib.h>
#include <string.h>

#include "decoded-frame.h"

// NULL where a slot is free.
static void **slots;
static int count;

static int free_slot(void) {
  for (int i = 0; i < count; i++)
    if (!slots[i])
      return i;
  int larger_count = count ? count * 2 : 16;
  void **larger = realloc(slots, larger_count * sizeof(*slots));
  if (!larger)
    return DECODER_ERROR_MEMORY;
  memset(larger + count, 0, (larger_count - count) * sizeof(*slots));
  int slot = count;
  slots = larger;
  count = larger_count;
  return slot;
}

int slots_put(void *picture) {
  int slot = free_slot();
  if (slot >= 0)
    slots[slot] = picture;
  return slot;
}

void *slots_take(int slot) {
  if (slot < 0 || slot >= count)
    return NULL;
  void *picture = slots[slot];
  slots[slot] = NULL;
  return picture;
}
