#include "frame-pool.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace everycodec {

namespace {

// What libavcodec's vector code wants of rows, and may read beyond them.
constexpr int kRowAlignment = 64;
constexpr int kPadding = 64;

}  // namespace

FramePool::~FramePool() { av_buffer_pool_uninit(&pool_); }

int FramePool::GetBuffer(AVCodecContext *context, AVFrame *frame, int flags) {
  bool is_ours = (context->codec->capabilities & AV_CODEC_CAP_DR1) && !context->hw_frames_ctx;
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format));
  if (!is_ours || !format || (format->flags & (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL)))
    return avcodec_default_get_buffer2(context, frame, flags);
  return static_cast<FramePool *>(context->opaque)->Fill(context, frame);
}

int FramePool::Fill(AVCodecContext *context, AVFrame *frame) {
  AVPixelFormat format = static_cast<AVPixelFormat>(frame->format);
  int width = frame->width, height = frame->height;
  int alignments[AV_NUM_DATA_POINTERS];
  avcodec_align_dimensions2(context, &width, &height, alignments);
  int error = av_image_fill_linesizes(frame->linesize, format, FFALIGN(width, kRowAlignment));
  if (error < 0) return error;
  for (int &stride : frame->linesize) stride = FFALIGN(stride, kRowAlignment);
  int size = av_image_fill_pointers(frame->data, format, height, nullptr, frame->linesize);
  if (size < 0) return size;
  frame->buf[0] = Take(static_cast<size_t>(size) + kPadding);
  if (!frame->buf[0]) return AVERROR(ENOMEM);
  av_image_fill_pointers(frame->data, format, height, frame->buf[0]->data, frame->linesize);
  frame->extended_data = frame->data;
  return 0;
}

AVBufferRef *FramePool::Take(size_t size) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (size != size_) {
    av_buffer_pool_uninit(&pool_);
    pool_ = av_buffer_pool_init(size, nullptr);
    size_ = pool_ ? size : 0;
  }
  return pool_ ? av_buffer_pool_get(pool_) : nullptr;
}

}  // namespace everycodec
