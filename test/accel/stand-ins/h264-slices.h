// Slices for other parameter sets than those they were encoded with. Programs may write the parameter sets ("packed
// headers") and tell the driver what they hold; x264 writes its own, so the headers of its slices are written again.
#pragma once
#include "bits.h"

// Names are those of ITU-T H.264, 7.3.2 and 7.3.3.
typedef struct {
  int log2_max_frame_num;
  int pic_order_cnt_type; // 0 or 2
  int log2_max_pic_order_cnt_lsb;
  bool entropy_coding_mode_flag;
  int num_ref_idx_l0_active_minus1;
  int pic_init_qp;
  bool deblocking_filter_control_present_flag;
} SliceFormat;

typedef struct {
  unsigned pic_parameter_set_id;
  unsigned frame_num;
  unsigned idr_pic_id;
  unsigned pic_order_cnt_lsb;
} SliceValues;

// Reads the encoder's own format from its parameter sets, where the picture has any.
void slices_read_format(SliceFormat *format, const uint8_t *picture, size_t size);

// Appends the slices of an encoded picture, and nothing else of it. False: they hold what the target cannot say.
bool slices_rewrite(ByteBuffer *stream, const uint8_t *picture, size_t size, const SliceFormat *from,
                    const SliceFormat *to, const SliceValues *values);
