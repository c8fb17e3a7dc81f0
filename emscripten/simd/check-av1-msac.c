// Our symbol decoder of AV1 against dav1d's C functions, on random data and distributions.
#include "config.h"

#include "src/msac.h"

#include "check.h"

unsigned __real_dav1d_msac_decode_symbol_adapt4_c(MsacContext *, uint16_t *, size_t);
unsigned __real_dav1d_msac_decode_symbol_adapt8_c(MsacContext *, uint16_t *, size_t);
unsigned __real_dav1d_msac_decode_symbol_adapt16_c(MsacContext *, uint16_t *, size_t);
unsigned __real_dav1d_msac_decode_hi_tok_c(MsacContext *, uint16_t *);
unsigned __real_dav1d_msac_decode_bool_equi_c(MsacContext *);
unsigned __real_dav1d_msac_decode_bool_c(MsacContext *, unsigned);
unsigned __real_dav1d_msac_decode_bool_adapt_c(MsacContext *, uint16_t *);

enum { SYMBOL4, SYMBOL8, SYMBOL16, HI_TOK, BOOL_EQUI, BOOL, BOOL_ADAPT, FUNCTIONS };

// Decodes with dav1d's functions or, renamed by the linker, with ours.
#define DECODE(prefix)                                                                                               \
  switch (function) {                                                                                                \
  case SYMBOL4: return prefix##dav1d_msac_decode_symbol_adapt4_c(s, cdf, last);                                      \
  case SYMBOL8: return prefix##dav1d_msac_decode_symbol_adapt8_c(s, cdf, last);                                      \
  case SYMBOL16: return prefix##dav1d_msac_decode_symbol_adapt16_c(s, cdf, last);                                    \
  case HI_TOK: return prefix##dav1d_msac_decode_hi_tok_c(s, cdf);                                                    \
  case BOOL_EQUI: return prefix##dav1d_msac_decode_bool_equi_c(s);                                                   \
  case BOOL: return prefix##dav1d_msac_decode_bool_c(s, cdf[0]);                                                     \
  default: return prefix##dav1d_msac_decode_bool_adapt_c(s, cdf);                                                    \
  }
static unsigned expect(int function, MsacContext *s, uint16_t *cdf, size_t last) { DECODE(__real_) }
static unsigned decode(int function, MsacContext *s, uint16_t *cdf, size_t last) { DECODE() }

typedef struct Distribution {
  uint16_t guard_before[8], cdf[16], guard_after[8];
} Distribution;

// Falling values, some of them equal, then the counter.
static void make_distribution(Distribution *d, int last) {
  memset(d, 0, sizeof(*d));
  int value = 32768, rare = between(0, 1);
  for (int i = 0; i < last; i++) {
    value -= rare ? between(0, value / 16) : between(0, value);
    d->cdf[i] = value > 32767 ? 32767 : value;
  }
  d->cdf[last] = between(0, 32);
}

static int is_same(const MsacContext *a, const MsacContext *b) {
  return a->dif == b->dif && a->rng == b->rng && a->cnt == b->cnt && a->buf_pos == b->buf_pos;
}

static void check(int function) {
  static const int most[] = {3, 7, 15, 3, 1, 1, 1}, lanes[] = {4, 8, 16, 4, 0, 0, 2};
  for (int round = 0; round < 4000; round++) {
    fill(source);
    int last = between(function == SYMBOL16 ? 3 : function == HI_TOK ? 3 : 1, most[function]);
    Distribution c, k;
    make_distribution(&c, last);
    k = c;
    MsacContext s, t;
    // Past the end of the data, too.
    dav1d_msac_init(&s, source, between(1, 80), between(0, 3) == 0);
    t = s;
    for (int i = 0; i < 300; i++) {
      unsigned want = expect(function, &s, c.cdf, last), got = decode(function, &t, k.cdf, last);
      int end = lanes[function];
      if (want != got || !is_same(&s, &t) || memcmp(c.cdf, k.cdf, (last + 1) * sizeof(*c.cdf)) ||
          memcmp(c.cdf + end, k.cdf + end, (16 - end) * sizeof(*c.cdf)) ||
          memcmp(c.guard_before, k.guard_before, sizeof(c.guard_before)) ||
          memcmp(c.guard_after, k.guard_after, sizeof(c.guard_after))) {
        printf("msac[%d] differs: %u %u\n", function, want, got);
        failures++;
        return;
      }
    }
  }
}

int main(void) {
  for (int function = 0; function < FUNCTIONS; function++)
    check(function);
  return report("AV1 symbol decoder");
}
