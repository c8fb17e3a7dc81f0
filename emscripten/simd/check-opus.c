// The FFT of the Opus packs beside libopus's, of every size that Opus has, on random numbers.
#include "config.h"

#include "kiss_fft.h"
#include "modes.h"

#include "check.h"

#define MAX_SIZE 480

void __real_opus_fft_impl(const kiss_fft_state *state, kiss_fft_cpx *x);
void __real_opus_fft_c(const kiss_fft_state *state, const kiss_fft_cpx *from, kiss_fft_cpx *to);

static void fill_floats(kiss_fft_cpx *x, int count) {
  for (int i = 0; i < count; i++)
    x[i] = (kiss_fft_cpx){random_float(), random_float()};
}

// Zeros may differ in their signs.
static void compare_floats(const char *name, int size, const kiss_fft_cpx *a, const kiss_fft_cpx *b) {
  for (int i = 0; i < size; i++)
    if (a[i].r != b[i].r || a[i].i != b[i].i) {
      printf("%s of %d differs at %d\n", name, size, i);
      failures++;
      return;
    }
}

static void check_fft(const kiss_fft_state *transform) {
  static kiss_fft_cpx from[MAX_SIZE], wanted[MAX_SIZE + 1], got[MAX_SIZE + 1];
  for (int round = 0; round < ROUNDS; round++) {
    // Any place that a complex number may have.
    kiss_fft_cpx *a = wanted + round % 2, *b = got + round % 2;
    fill_floats(a, transform->nfft);
    memcpy(b, a, transform->nfft * sizeof(*a));
    __real_opus_fft_impl(transform, a);
    opus_fft_impl(transform, b);
    compare_floats("opus_fft_impl", transform->nfft, a, b);
    fill_floats(from, transform->nfft);
    __real_opus_fft_c(transform, from, a);
    opus_fft_c(transform, from, b);
    compare_floats("opus_fft_c", transform->nfft, a, b);
  }
}

int main(void) {
  int error;
  const CELTMode *mode = opus_custom_mode_create(48000, 960, &error);
  for (int i = 0; i < 4; i++)
    check_fft(mode->mdct.kfft[i]);
  return report("opus");
}
