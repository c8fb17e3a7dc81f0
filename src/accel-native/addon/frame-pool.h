// Memory of decoded pictures, all planes of one in one piece, so that it can be an ArrayBuffer.
#ifndef EVERYCODEC_FRAME_POOL_H
#define EVERYCODEC_FRAME_POOL_H

#include <mutex>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace everycodec {

// AVCodecContext.get_buffer2 of a context whose `opaque` is a FramePool.
class FramePool {
 public:
  FramePool() = default;
  ~FramePool();
  FramePool(const FramePool &) = delete;
  FramePool &operator=(const FramePool &) = delete;

  static int GetBuffer(AVCodecContext *context, AVFrame *frame, int flags);

 private:
  int Fill(AVCodecContext *context, AVFrame *frame);
  AVBufferRef *Take(size_t size);

  // Frame threads ask at the same time.
  std::mutex mutex_;
  AVBufferPool *pool_ = nullptr;
  size_t size_ = 0;
};

}  // namespace everycodec

#endif
