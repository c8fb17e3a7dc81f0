// What the checks of the kernels share: random pictures, and a comparison of a kernel with the library's C function.
// Each check-*.c is a program of its own: it prints one line per kernel that differs and exits with 1 if any does.
#ifndef EVERYCODEC_CHECK_H
#define EVERYCODEC_CHECK_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// A check may ask for larger pictures and fewer rounds.
#ifndef STRIDE
#define STRIDE 160
#define ROWS 128
#endif
#ifndef ROUNDS
#define ROUNDS 400
#endif
#define SIZE (STRIDE * ROWS)

static uint8_t source[SIZE], start[SIZE], expected[SIZE], actual[SIZE];
static int failures;

static unsigned state = 1;
static unsigned next_random(void) { return state = state * 1664525u + 1013904223u, state >> 8; }
static int between(int least, int most) { return least + (int)(next_random() % (unsigned)(most - least + 1)); }
// Of any size below 2²³, now and then 0.
static inline float random_float(void) {
  return between(0, 15) ? ldexpf((float)between(-8388608, 8388607), between(-40, 0)) : 0.0f;
}

// Full-range noise, or a slope with a little noise, on which deblocking filters act.
static void fill(uint8_t *bytes) {
  int smooth = between(0, 3), level = between(0, 255), noise = 1 << between(0, 4);
  for (int i = 0; i < SIZE; i++) {
    int value = smooth ? level + (i % STRIDE) / 8 + between(0, noise) : between(0, 255);
    bytes[i] = value > 255 ? 255 : value;
  }
}

static void prepare(void) {
  fill(source);
  fill(start);
  memcpy(expected, start, SIZE);
  memcpy(actual, start, SIZE);
}

static int compare(const char *name, int a, int b) {
  if (!memcmp(expected, actual, SIZE))
    return 0;
  printf("%s[%d][%d] differs\n", name, a, b);
  failures++;
  return 1;
}

// A place in the middle, at any alignment that is a multiple of `step`.
static int place(int step) { return 40 * STRIDE + 48 + step * between(0, 16 / step - 1); }

// Runs `call` with f being the C function and then the kernel, until they differ.
#define CHECK(name, a, b, type, reference, kernel, call, ...)                                                      \
  if ((reference) != (kernel))                                                                                       \
    for (int round = 0; round < ROUNDS; round++) {                                                                   \
      prepare();                                                                                                     \
      __VA_ARGS__;                                                                                                   \
      uint8_t *out = expected;                                                                                       \
      type f = (reference);                                                                                          \
      call;                                                                                                          \
      out = actual;                                                                                                  \
      f = (kernel);                                                                                                  \
      call;                                                                                                          \
      if (compare(name, a, b))                                                                                       \
        break;                                                                                                       \
    }

static int report(const char *codec) {
  printf("%s: %d kernels differ\n", codec, failures);
  return failures > 0;
}

#endif
