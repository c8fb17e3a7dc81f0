// The inverse MDCT of the sound packs beside libavutil's, of every length that is a power of two, on random numbers.
#include "libavutil/mem.h"
#include "libavutil/tx.h"

#include "check.h"

#define MAX_LENGTH 16384

int __real_av_tx_init(AVTXContext **context, av_tx_fn *transform, enum AVTXType type, int inverse, int length,
                      const void *scale, uint64_t flags);

static void check_mdct(int length, int step, float scale) {
  static float from[4 * MAX_LENGTH], wanted[MAX_LENGTH + 1], got[MAX_LENGTH + 1];
  AVTXContext *contexts[2];
  av_tx_fn reference, kernel;
  if (__real_av_tx_init(&contexts[0], &reference, AV_TX_FLOAT_MDCT, 1, length, &scale, 0) < 0 ||
      av_tx_init(&contexts[1], &kernel, AV_TX_FLOAT_MDCT, 1, length, &scale, 0) < 0) {
    failures++;
    return;
  }
  if (length >= 32 && length <= 8192 && reference == kernel) {
    printf("no kernel for %d\n", length);
    failures++;
  }
  for (int round = 0; round < 20; round++) {
    for (int i = 0; i < length * step; i++)
      from[i] = random_float();
    // Any place that a number may have.
    float *a = wanted + round % 2, *b = got + round % 2;
    reference(contexts[0], a, from, step * sizeof(float));
    kernel(contexts[1], b, from, step * sizeof(float));
    for (int i = 0; i < length; i++)
      // Zeros may differ in their signs.
      if (a[i] != b[i]) {
        printf("the inverse MDCT of %d differs at %d\n", length, i);
        failures++;
        round = 20;
        break;
      }
  }
  av_tx_uninit(&contexts[0]);
  av_tx_uninit(&contexts[1]);
}

int main(void) {
  for (int length = 4; length <= MAX_LENGTH; length *= 2) {
    check_mdct(length, 1, 1.0f);
    check_mdct(length, between(2, 4), -1.0f / length);
  }
  return report("tx");
}
