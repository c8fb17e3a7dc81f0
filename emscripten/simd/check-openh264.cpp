// OpenH264's kernels beside its own C functions.
#include "openh264.h"

#include "decode_mb_aux.h"
#include "encode_mb_aux.h"
#include "get_intra_predictor.h"
#include "deblocking.h"
#include "mc.h"
#include "sample.h"
#include "set_mb_syn_cavlc.h"

#include "check.h"

extern "C" {
void __real__ZN7WelsEnc21WelsInitSampleSadFuncEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *, uint32_t);
void __real__ZN7WelsEnc21WelsInitEncodingFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *, uint32_t);
void __real__ZN7WelsEnc27WelsInitReconstructionFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *, uint32_t);
void __real__ZN7WelsEnc13InitCoeffFuncEPNS_22TagWelsFuncPointerListEji(SWelsFuncPtrList *, uint32_t, int32_t);
void __real__ZN7WelsEnc22WelsInitIntraPredFuncsEPNS_22TagWelsFuncPointerListEj(SWelsFuncPtrList *, uint32_t);
void __real__ZN10WelsCommon10InitMcFuncEP9TagMcFuncj(SMcFunc *, uint32_t);
void __real__ZN7WelsEnc14DeblockingInitEPNS_17tagDeblockingFuncEi(DeblockingFunc *, int32_t);
void __real__ZN6WelsVP12VAACalcSad_cEPKhS1_iiiPiS2_(const uint8_t *, const uint8_t *, int, int, int, int32_t *,
                                                     int32_t *);
void __real__ZN6WelsVP15VAACalcSadBgd_cEPKhS1_iiiPiS2_S2_Ph(const uint8_t *, const uint8_t *, int, int, int, int32_t *,
                                                             int32_t *, int32_t *, uint8_t *);
void __real__ZN6WelsVP15VAACalcSadVar_cEPKhS1_iiiPiS2_S2_S2_(const uint8_t *, const uint8_t *, int, int, int, int32_t *,
                                                              int32_t *, int32_t *, int32_t *);
void __real__ZN6WelsVP15VAACalcSadSsd_cEPKhS1_iiiPiS2_S2_S2_S2_(const uint8_t *, const uint8_t *, int, int, int,
                                                                 int32_t *, int32_t *, int32_t *, int32_t *, int32_t *);
void __real__ZN6WelsVP18VAACalcSadSsdBgd_cEPKhS1_iiiPiS2_S2_S2_S2_S2_Ph(const uint8_t *, const uint8_t *, int, int, int,
                                                                         int32_t *, int32_t *, int32_t *, int32_t *,
                                                                         int32_t *, int32_t *, uint8_t *);
}

namespace WelsVP {
void VAACalcSad_c(const uint8_t *, const uint8_t *, int, int, int, int *, int *);
void VAACalcSadBgd_c(const uint8_t *, const uint8_t *, int, int, int, int *, int *, int *, uint8_t *);
void VAACalcSadVar_c(const uint8_t *, const uint8_t *, int, int, int, int *, int *, int *, int *);
void VAACalcSadSsd_c(const uint8_t *, const uint8_t *, int, int, int, int *, int *, int *, int *, int *);
void VAACalcSadSsdBgd_c(const uint8_t *, const uint8_t *, int, int, int, int *, int *, int *, int *, int *, int *,
                        uint8_t *);
} // namespace WelsVP

// OpenH264's functions and ours.
static SWelsFuncPtrList c, k;

static void fill_tables() {
  __real__ZN7WelsEnc21WelsInitSampleSadFuncEPNS_22TagWelsFuncPointerListEj(&c, 0);
  __real__ZN7WelsEnc21WelsInitEncodingFuncsEPNS_22TagWelsFuncPointerListEj(&c, 0);
  __real__ZN7WelsEnc27WelsInitReconstructionFuncsEPNS_22TagWelsFuncPointerListEj(&c, 0);
  __real__ZN7WelsEnc13InitCoeffFuncEPNS_22TagWelsFuncPointerListEji(&c, 0, 0);
  __real__ZN7WelsEnc22WelsInitIntraPredFuncsEPNS_22TagWelsFuncPointerListEj(&c, 0);
  __real__ZN10WelsCommon10InitMcFuncEP9TagMcFuncj(&c.sMcFuncs, 0);
  __real__ZN7WelsEnc14DeblockingInitEPNS_17tagDeblockingFuncEi(&c.pfDeblocking, 0);
  WelsInitSampleSadFunc(&k, 0);
  WelsInitEncodingFuncs(&k, 0);
  WelsInitReconstructionFuncs(&k, 0);
  InitCoeffFunc(&k, 0, 0);
  WelsInitIntraPredFuncs(&k, 0);
  WelsCommon::InitMcFunc(&k.sMcFuncs, 0);
  DeblockingInit(&k.pfDeblocking, 0);
}

// Two pictures in four are made of 0 and 255 only, which drives sums to their limits: at random, or in the pattern that
// the six-tap filter makes most of in both directions.
static void exaggerate() {
  static const uint8_t six[] = {1, 0, 1, 1, 0, 1};
  int kind = between(0, 3), inverse = between(0, 1);
  if (kind > 1)
    return;
  for (int i = 0; i < SIZE; i++) {
    int pattern = six[i % STRIDE % 6] ^ six[i / STRIDE % 6] ^ inverse;
    source[i] = (kind ? pattern : between(0, 1)) ? 255 : 0;
    start[i] = expected[i] = actual[i] = between(0, 1) ? 255 : 0;
  }
}

static void check_sums() {
  for (int size = 0; size < BLOCK_SIZE_ALL; size++) {
    SSampleDealingFunc *cs = &c.sSampleDealingFuncs, *ks = &k.sSampleDealingFuncs;
    CHECK("sad", size, 0, PSampleSadSatdCostFunc, cs->pfSampleSad[size], ks->pfSampleSad[size],
          *(int32_t *)out = f(source + from, STRIDE, start + at, STRIDE - 8),
          exaggerate(); int at = place(1); int from = place(1))
    CHECK("satd", size, 0, PSampleSadSatdCostFunc, cs->pfSampleSatd[size], ks->pfSampleSatd[size],
          *(int32_t *)out = f(source + from, STRIDE, start + at, STRIDE - 8),
          exaggerate(); int at = place(1); int from = place(1))
    CHECK("sad_four", size, 0, PSample4SadCostFunc, cs->pfSample4Sad[size], ks->pfSample4Sad[size],
          f(source + from, STRIDE, start + at, STRIDE - 8, (int32_t *)out),
          exaggerate(); int at = place(1); int from = place(1))
  }
}

// Sets `count` levels at `out` to less than `limit`; some are zero. Both copies get the same ones.
static int16_t *random_levels(int count, int limit) {
  int16_t *levels = (int16_t *)(start + 4096);
  int zeros = between(0, 4), bits = 1 + between(0, 14);
  for (int i = 0; i < count; i++) {
    int most = limit >> (15 - bits);
    levels[i] = (int16_t)(between(0, 4) < zeros ? 0 : between(-most, most));
  }
  memcpy(expected, start, SIZE);
  memcpy(actual, start, SIZE);
  return levels;
}

#define LEVELS(out) ((int16_t *)(out + 4096))

static void check_transform() {
  CHECK("dct4x4", 0, 0, PDctFunc, c.pfDctT4, k.pfDctT4, f(LEVELS(out), source + from, STRIDE, start + at, 16),
        exaggerate(); int at = place(1); int from = place(1))
  CHECK("dct_four4x4", 0, 0, PDctFunc, c.pfDctFourT4, k.pfDctFourT4,
        f(LEVELS(out), source + from, STRIDE, start + at, 16), exaggerate(); int at = place(1); int from = place(1))
  CHECK("idct4x4", 0, 0, PIDctFunc, c.pfIDctT4, k.pfIDctT4, f(out + at, STRIDE, source + from, 16, levels),
        exaggerate(); int16_t *levels = random_levels(16, 2000); int at = place(4); int from = place(4))
  CHECK("idct_four4x4", 0, 0, PIDctFunc, c.pfIDctFourT4, k.pfIDctFourT4,
        f(out + at, STRIDE, source + from, 16, levels),
        exaggerate(); int16_t *levels = random_levels(64, 2000); int at = place(8); int from = place(8))
  CHECK("idct_dc16x16", 0, 0, PIDctFunc, c.pfIDctI16x16Dc, k.pfIDctI16x16Dc,
        f(out + at, STRIDE, source + from, 16, levels),
        exaggerate(); int16_t *levels = random_levels(16, 30000); int at = place(8); int from = place(8))
}

#define QUANTIZER                                                                                                   \
  int qp = between(0, 51);                                                                                          \
  const int16_t *offsets = g_kiQuantInterFF[qp + 6 * between(0, 1)], *multipliers = g_kiQuantMF[qp];                \
  (void)offsets;

static void check_quantization() {
  CHECK("quantize4x4", 0, 0, PQuantizationFunc, c.pfQuantization4x4, k.pfQuantization4x4,
        f(LEVELS(out), offsets, multipliers), random_levels(16, 32767); QUANTIZER)
  CHECK("quantize_four4x4", 0, 0, PQuantizationFunc, c.pfQuantizationFour4x4, k.pfQuantizationFour4x4,
        f(LEVELS(out), offsets, multipliers), random_levels(64, 32767); QUANTIZER)
  CHECK("quantize_four4x4_max", 0, 0, PQuantizationMaxFunc, c.pfQuantizationFour4x4Max, k.pfQuantizationFour4x4Max,
        f(LEVELS(out), offsets, multipliers, (int16_t *)out), random_levels(64, 32767); QUANTIZER)
  CHECK("quantize_dc4x4", 0, 0, PQuantizationDcFunc, c.pfQuantizationDc4x4, k.pfQuantizationDc4x4,
        f(LEVELS(out), (int16_t)(offsets[0] << 1), multipliers[0] >> 1), random_levels(16, 32767); QUANTIZER)
  CHECK("dequantize4x4", 0, 0, PDeQuantizationFunc, c.pfDequantization4x4, k.pfDequantization4x4,
        f(LEVELS(out), (const uint16_t *)multipliers), random_levels(16, 32767); QUANTIZER)
  CHECK("dequantize_four4x4", 0, 0, PDeQuantizationFunc, c.pfDequantizationFour4x4, k.pfDequantizationFour4x4,
        f(LEVELS(out), (const uint16_t *)multipliers), random_levels(64, 32767); QUANTIZER)
}

static void check_coefficients() {
  CHECK("scan4x4", 0, 0, PScanFunc, c.pfScan4x4, k.pfScan4x4, f((int16_t *)out, levels),
        int16_t *levels = random_levels(16, 32767))
  CHECK("scan4x4_ac", 0, 0, PScanFunc, c.pfScan4x4Ac, k.pfScan4x4Ac, f((int16_t *)out, levels),
        int16_t *levels = random_levels(16, 32767))
  CHECK("nonzero_count", 0, 0, PGetNoneZeroCountFunc, c.pfGetNoneZeroCount, k.pfGetNoneZeroCount,
        *(int32_t *)out = f(levels), int16_t *levels = random_levels(16, 32767))
  CHECK("single_coefficients", 0, 0, PCalculateSingleCtrFunc, c.pfCalculateSingleCtr4x4, k.pfCalculateSingleCtr4x4,
        *(int32_t *)out = f(levels), int16_t *levels = random_levels(16, 32767))
  static const int last[] = {3, 14, 15};
  for (int i = 0; i < 3; i++)
    CHECK("runs_and_levels", last[i], 0, PCavlcParamCalFunc, c.pfCavlcParamCal, k.pfCavlcParamCal,
          *(int32_t *)out = f(levels, out + 16, (int16_t *)(out + 64), (int32_t *)(out + 8), last[i]),
          int16_t *levels = random_levels(16, 32767))
}

static void check_copy(const char *name, PCopyFunc reference, PCopyFunc kernel) {
  CHECK(name, 0, 0, PCopyFunc, reference, kernel, f(out + at, STRIDE, source + from, STRIDE - 8),
        int at = place(8); int from = place(1))
}

static void check_copies() {
  check_copy("copy16x16", c.pfCopy16x16NotAligned, k.pfCopy16x16NotAligned);
  check_copy("copy16x16 aligned", c.pfCopy16x16Aligned, k.pfCopy16x16Aligned);
  check_copy("copy16x8", c.pfCopy16x8NotAligned, k.pfCopy16x8NotAligned);
  check_copy("copy8x16", c.pfCopy8x16Aligned, k.pfCopy8x16Aligned);
  check_copy("copy8x8", c.pfCopy8x8Aligned, k.pfCopy8x8Aligned);
}

static void check_intra() {
  for (int mode = 0; mode < 4; mode++)
    CHECK("luma prediction", mode, 0, PGetIntraPredFunc, c.pfGetLumaI16x16Pred[mode], k.pfGetLumaI16x16Pred[mode],
          f(out, source + at, STRIDE), exaggerate(); int at = place(1))
  for (int mode = 0; mode < 4; mode++)
    CHECK("chroma prediction", mode, 0, PGetIntraPredFunc, c.pfGetChromaPred[mode], k.pfGetChromaPred[mode],
          f(out, source + at, STRIDE), exaggerate(); int at = place(1))
}

static void check_half(const char *name, int width, PWelsLumaHalfpelMcFunc reference, PWelsLumaHalfpelMcFunc kernel) {
  CHECK(name, width, 0, PWelsLumaHalfpelMcFunc, reference, kernel,
        f(source + from, STRIDE, out + at, 32, width, height),
        exaggerate(); int at = place(1); int from = place(1); int height = (4 << between(0, 2)) + between(0, 1))
}

static void check_interpolation() {
  static const int widths[] = {4, 5, 8, 9, 16, 17};
  SMcFunc *cm = &c.sMcFuncs, *km = &k.sMcFuncs;
  for (int i = 0; i < 6; i++) {
    check_half("half_horizontal", widths[i], cm->pfLumaHalfpelHor, km->pfLumaHalfpelHor);
    check_half("half_vertical", widths[i], cm->pfLumaHalfpelVer, km->pfLumaHalfpelVer);
    check_half("half_centre", widths[i], cm->pfLumaHalfpelCen, km->pfLumaHalfpelCen);
  }
  for (int width = 4; width <= 16; width *= 2) {
    CHECK("average", width, 0, PWelsSampleAveragingFunc, cm->pfSampleAveraging, km->pfSampleAveraging,
          f(out + at, STRIDE, source + from, STRIDE, start + from, 32, width, height),
          int at = place(1); int from = place(1); int height = 4 << between(0, 2))
    for (int position = 0; position < 16; position++)
      CHECK("luma", width, position, PWelsMcFunc, cm->pMcLumaFunc, km->pMcLumaFunc,
            f(source + from, STRIDE, out + at, 16, (int16_t)(position & 3), (int16_t)(position >> 2), width, height),
            exaggerate(); int at = place(8); int from = place(1); int height = 4 << between(0, 2))
  }
  for (int width = 2; width <= 8; width *= 2)
    CHECK("chroma", width, 0, PWelsMcFunc, cm->pMcChromaFunc, km->pMcChromaFunc,
          f(source + from, STRIDE, out + at, 8, (int16_t)x, (int16_t)y, width, height),
          exaggerate(); int at = place(8); int from = place(1); int x = between(-8, 7); int y = between(-8, 7);
          int height = 2 << between(0, 2))
}

// What decides about an edge: thresholds up to the largest of tables 8-16 and 8-17.
#define THRESHOLDS                                                                                                  \
  int at = place(4); int cr = at + 24 * STRIDE; int alpha = between(0, 255); int beta = between(0, 18);              \
  int8_t tc0[4];                                                                                                    \
  for (int i = 0; i < 4; i++) tc0[i] = (int8_t)between(-1, 25);

static void check_deblocking() {
  DeblockingFunc *cd = &c.pfDeblocking, *kd = &k.pfDeblocking;
#define EDGE(name, type, function, call) CHECK(name, 0, 0, type, cd->function, kd->function, call, THRESHOLDS (void)tc0; (void)cr)
  EDGE("luma_v", PLumaDeblockingLT4Func, pfLumaDeblockingLT4Ver, f(out + at, STRIDE, alpha, beta, tc0))
  EDGE("luma_h", PLumaDeblockingLT4Func, pfLumaDeblockingLT4Hor, f(out + at, STRIDE, alpha, beta, tc0))
  EDGE("luma_strong_v", PLumaDeblockingEQ4Func, pfLumaDeblockingEQ4Ver, f(out + at, STRIDE, alpha, beta))
  EDGE("luma_strong_h", PLumaDeblockingEQ4Func, pfLumaDeblockingEQ4Hor, f(out + at, STRIDE, alpha, beta))
  EDGE("chroma_v", PChromaDeblockingLT4Func, pfChromaDeblockingLT4Ver,
       f(out + at, out + cr, STRIDE, alpha, beta, tc0))
  EDGE("chroma_h", PChromaDeblockingLT4Func, pfChromaDeblockingLT4Hor,
       f(out + at, out + cr, STRIDE, alpha, beta, tc0))
  EDGE("chroma_strong_v", PChromaDeblockingEQ4Func, pfChromaDeblockingEQ4Ver,
       f(out + at, out + cr, STRIDE, alpha, beta))
  EDGE("chroma_strong_h", PChromaDeblockingEQ4Func, pfChromaDeblockingEQ4Hor,
       f(out + at, out + cr, STRIDE, alpha, beta))
#undef EDGE
}

#define WORDS(n) ((int32_t *)(out + (n) * 1024))

static void check_analysis() {
#define SIZES exaggerate(); int width = between(0, STRIDE - 1); int height = between(0, ROWS - 1)
#define ANALYSIS(name, mangled, ...)                                                                                \
  CHECK(#name, 0, 0, decltype(&WelsVP::name), __real_##mangled, WelsVP::name,                                       \
        f(source, start, width, height, STRIDE, WORDS(0), __VA_ARGS__), SIZES)
  ANALYSIS(VAACalcSad_c, _ZN6WelsVP12VAACalcSad_cEPKhS1_iiiPiS2_, WORDS(1))
  ANALYSIS(VAACalcSadBgd_c, _ZN6WelsVP15VAACalcSadBgd_cEPKhS1_iiiPiS2_S2_Ph, WORDS(1), WORDS(3), out + 6144)
  ANALYSIS(VAACalcSadVar_c, _ZN6WelsVP15VAACalcSadVar_cEPKhS1_iiiPiS2_S2_S2_, WORDS(1), WORDS(3), WORDS(4))
  ANALYSIS(VAACalcSadSsd_c, _ZN6WelsVP15VAACalcSadSsd_cEPKhS1_iiiPiS2_S2_S2_S2_, WORDS(1), WORDS(3), WORDS(4), WORDS(5))
  ANALYSIS(VAACalcSadSsdBgd_c, _ZN6WelsVP18VAACalcSadSsdBgd_cEPKhS1_iiiPiS2_S2_S2_S2_S2_Ph, WORDS(1), WORDS(3),
           WORDS(4), WORDS(5), WORDS(6), out + 8192)
#undef ANALYSIS
#undef SIZES
}

int main() {
  fill_tables();
  check_sums();
  check_transform();
  check_quantization();
  check_coefficients();
  check_copies();
  check_intra();
  check_interpolation();
  check_deblocking();
  check_analysis();
  return report("OpenH264");
}
