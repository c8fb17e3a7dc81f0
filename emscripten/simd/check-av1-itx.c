// Our kernels of AV1's inverse transforms against dav1d's C functions.
#define BITDEPTH 8
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "src/itx.h"
#include "src/scan.h"
#include "src/tables.h"

#include "check.h"

void __real_dav1d_itx_dsp_init_8bpc(Dav1dInvTxfmDSPContext *context, int depth);

static Dav1dInvTxfmDSPContext reference, kernels;

enum { DCT_BASIS, ADST_BASIS, FLIPADST_BASIS, IDENTITY_BASIS };
// Down and across.
static const uint8_t bases[N_TX_TYPES][2] = {
    [DCT_DCT] = {DCT_BASIS, DCT_BASIS},
    [ADST_DCT] = {ADST_BASIS, DCT_BASIS},
    [DCT_ADST] = {DCT_BASIS, ADST_BASIS},
    [ADST_ADST] = {ADST_BASIS, ADST_BASIS},
    [FLIPADST_DCT] = {FLIPADST_BASIS, DCT_BASIS},
    [DCT_FLIPADST] = {DCT_BASIS, FLIPADST_BASIS},
    [FLIPADST_FLIPADST] = {FLIPADST_BASIS, FLIPADST_BASIS},
    [ADST_FLIPADST] = {ADST_BASIS, FLIPADST_BASIS},
    [FLIPADST_ADST] = {FLIPADST_BASIS, ADST_BASIS},
    [IDTX] = {IDENTITY_BASIS, IDENTITY_BASIS},
    [V_DCT] = {DCT_BASIS, IDENTITY_BASIS},
    [H_DCT] = {IDENTITY_BASIS, DCT_BASIS},
    [V_ADST] = {ADST_BASIS, IDENTITY_BASIS},
    [H_ADST] = {IDENTITY_BASIS, ADST_BASIS},
    [V_FLIPADST] = {FLIPADST_BASIS, IDENTITY_BASIS},
    [H_FLIPADST] = {IDENTITY_BASIS, FLIPADST_BASIS},
};

// The k-th basis function at n, of unit length.
static double basis(int kind, int size, int k, int n) {
  if (kind == IDENTITY_BASIS)
    return k == n;
  if (kind == FLIPADST_BASIS)
    n = size - 1 - n;
  if (kind == DCT_BASIS)
    return cos(M_PI * (2 * n + 1) * k / (2 * size)) * sqrt((k ? 2.0 : 1.0) / size);
  if (size == 4)
    return sin(M_PI * (n + 1) * (2 * k + 1) / 9) * 2 * sqrt(2) / 3;
  return sin(M_PI * (2 * n + 1) * (2 * k + 1) / (4 * size)) * sqrt(2.0 / size);
}

static void transform_lines(double *values, int kind, int size, int step, int lines, int line_step) {
  for (int line = 0; line < lines; line++) {
    double in[64], out[64];
    for (int n = 0; n < size; n++)
      in[n] = values[line * line_step + n * step];
    for (int k = 0; k < size; k++) {
      out[k] = 0;
      for (int n = 0; n < size; n++)
        out[k] += in[n] * basis(kind, size, k, n);
    }
    for (int n = 0; n < size; n++)
      values[line * line_step + n * step] = out[n];
  }
}

static int16_t expected_coefficients[32 * 32], actual_coefficients[32 * 32];

// Coefficients of a residual that 8-bit pictures can have, as many of them as are scanned before a random place.
// Returns the place of the last one.
static int make_coefficients(int size, int type, int width, int height) {
  static double values[64 * 64];
  int amplitude = 1 << between(0, 8), is_flat = between(0, 3) == 0;
  for (int i = 0; i < width * height; i++)
    values[i] = is_flat ? amplitude - 1 : between(1 - amplitude, amplitude - 1);
  transform_lines(values, bases[type][1], width, 1, height, width);
  transform_lines(values, bases[type][0], height, width, width, 1);
  // Orthonormal times 8, less for large blocks (AV1 specification, 7.12.3: dqDenom).
  double scale = width * height > 1024 ? 2 : width * height > 256 ? 4 : 8;
  int coded_width = width < 32 ? width : 32, coded_height = height < 32 ? height : 32;
  int count = coded_width * coded_height, end = between(0, 1) ? between(1, count) : between(1, count < 24 ? count : 24);
  int eob = 0;
  memset(expected_coefficients, 0, sizeof(expected_coefficients));
  for (int i = 0; i < end; i++) {
    // Coefficients are stored column after column.
    int is_row_scan = bases[type][0] == IDENTITY_BASIS && bases[type][1] != IDENTITY_BASIS;
    int is_column_scan = bases[type][1] == IDENTITY_BASIS && bases[type][0] != IDENTITY_BASIS;
    int at = is_row_scan      ? i
             : is_column_scan ? (i % coded_width) * coded_height + i / coded_width
                              : dav1d_scans[size][i];
    int x = at / coded_height, y = at % coded_height;
    expected_coefficients[at] = lrint(values[y * width + x] * scale);
    if (expected_coefficients[at])
      eob = i;
  }
  memcpy(actual_coefficients, expected_coefficients, sizeof(actual_coefficients));
  return eob;
}

static void check(int size, int type) {
  int width = dav1d_txfm_dimensions[size].w * 4, height = dav1d_txfm_dimensions[size].h * 4, eob, at;
  int rounds = width * height > 256 ? 60 : 400;
  for (int round = 0; round < rounds; round++) {
    prepare();
    eob = make_coefficients(size, type, width, height);
    at = place(4) / 16 * 16;
    if (width < 16)
      at += between(0, 16 / width - 1) * width;
    reference.itxfm_add[size][type](expected + at, STRIDE, expected_coefficients, eob);
    kernels.itxfm_add[size][type](actual + at, STRIDE, actual_coefficients, eob);
    if (memcmp(expected_coefficients, actual_coefficients, sizeof(actual_coefficients))) {
      printf("itxfm_add[%d][%d] leaves coefficients\n", size, type);
      failures++;
      return;
    }
    if (compare("itxfm_add", size, type))
      return;
  }
}

int main(void) {
  __real_dav1d_itx_dsp_init_8bpc(&reference, 8);
  dav1d_itx_dsp_init_8bpc(&kernels, 8);
  for (int size = 0; size < N_RECT_TX_SIZES; size++)
    for (int type = 0; type < N_TX_TYPES; type++)
      if (reference.itxfm_add[size][type] != kernels.itxfm_add[size][type])
        check(size, type);
  return report("AV1 inverse transforms");
}
