#include "frames.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace everycodec {

namespace {

// Rows of pictures from devices begin where vector loads are cheap.
constexpr int kRowAlignment = 64;
// And they may read beyond the end.
constexpr int kPadding = 64;

AVPixelFormat SoftwareFormat(const AVFrame *frame) {
  if (!frame->hw_frames_ctx) return static_cast<AVPixelFormat>(frame->format);
  return reinterpret_cast<const AVHWFramesContext *>(frame->hw_frames_ctx->data)->sw_format;
}

// The format of WebCodecs' that a device's samples are given out in: it has none with 10 bits and interleaved chroma.
AVPixelFormat DownloadedFormat(const AVFrame *frame) {
  AVPixelFormat format = SoftwareFormat(frame);
  return format == AV_PIX_FMT_P010 ? AV_PIX_FMT_YUV420P10 : format;
}

// Memory of one piece for a picture of a device, with its properties.
FramePointer AllocateDownloaded(const AVFrame *source) {
  FramePointer frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  frame->format = DownloadedFormat(source);
  frame->width = source->width;
  frame->height = source->height;
  int size = av_image_get_buffer_size(DownloadedFormat(source), source->width, source->height, kRowAlignment);
  frame->buf[0] = size > 0 ? av_buffer_alloc(size + kPadding) : nullptr;
  if (!frame->buf[0] || av_frame_copy_props(frame.get(), source) < 0) throw std::bad_alloc();
  av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, DownloadedFormat(source), source->width,
                       source->height, kRowAlignment);
  return frame;
}

// P010 has its samples in the upper bits, and chroma interleaved.
void SeparateP010(AVFrame *target, const AVFrame *source) {
  constexpr int kShift = 6;
  for (int y = 0; y < target->height; y++) {
    auto *from = reinterpret_cast<const uint16_t *>(source->data[0] + static_cast<ptrdiff_t>(y) * source->linesize[0]);
    auto *to = reinterpret_cast<uint16_t *>(target->data[0] + static_cast<ptrdiff_t>(y) * target->linesize[0]);
    for (int x = 0; x < target->width; x++) to[x] = from[x] >> kShift;
  }
  for (int y = 0; y < (target->height + 1) / 2; y++) {
    auto *from = reinterpret_cast<const uint16_t *>(source->data[1] + static_cast<ptrdiff_t>(y) * source->linesize[1]);
    auto *u = reinterpret_cast<uint16_t *>(target->data[1] + static_cast<ptrdiff_t>(y) * target->linesize[1]);
    auto *v = reinterpret_cast<uint16_t *>(target->data[2] + static_cast<ptrdiff_t>(y) * target->linesize[2]);
    for (int x = 0; x < (target->width + 1) / 2; x++) {
      u[x] = from[2 * x] >> kShift;
      v[x] = from[2 * x + 1] >> kShift;
    }
  }
}

// Where all planes lie. Only what is in one piece can be an ArrayBuffer.
bool FindMemory(const AVFrame *frame, const uint8_t **memory, size_t *size) {
  if (!frame->buf[0] || frame->buf[1]) return false;
  int planes = av_pix_fmt_count_planes(static_cast<AVPixelFormat>(frame->format));
  const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format));
  const uint8_t *begin = frame->data[0], *end = frame->data[0];
  for (int i = 0; i < planes; i++) {
    bool is_chroma = i == 1 || i == 2;
    int rows = is_chroma ? AV_CEIL_RSHIFT(frame->height, format->log2_chroma_h) : frame->height;
    if (frame->linesize[i] < 0) return false;
    begin = std::min<const uint8_t *>(begin, frame->data[i]);
    end = std::max<const uint8_t *>(end, frame->data[i] + static_cast<ptrdiff_t>(frame->linesize[i]) * rows);
  }
  *memory = begin;
  *size = end - begin;
  return true;
}

FramePointer CopyInOnePiece(const AVFrame *source) {
  FramePointer copy = AllocateDownloaded(source);
  av_image_copy(copy->data, copy->linesize, const_cast<const uint8_t **>(source->data), source->linesize,
                static_cast<AVPixelFormat>(source->format), source->width, source->height);
  return copy;
}

DecodedFrame Describe(const AVFrame *frame) {
  DecodedFrame description;
  if (frame_describe(frame, &description) < 0)
    throw CodecFailure(CodecFailure::Reason::kUnsupported, "decoding: no pixel format of WebCodecs' is this one");
  return description;
}

// The picture as it will be once it is downloaded.
DecodedFrame DescribeOnDevice(const AVFrame *frame) {
  AVFrame layout = *frame;
  layout.format = DownloadedFormat(frame);
  // Any address but NULL, which would leave all planes there.
  uint8_t *base = reinterpret_cast<uint8_t *>(kRowAlignment);
  av_image_fill_linesizes(layout.linesize, DownloadedFormat(frame), frame->width);
  for (int &stride : layout.linesize) stride = FFALIGN(stride, kRowAlignment);
  av_image_fill_pointers(layout.data, DownloadedFormat(frame), frame->height, base, layout.linesize);
  DecodedFrame description = Describe(&layout);
  for (int i = 0; i < description.plane_count; i++)
    description.plane[i] = reinterpret_cast<const uint8_t *>(description.plane[i] - base);
  return description;
}

}  // namespace

FramePointer CloneFrame(const AVFrame *frame) {
  FramePointer clone(av_frame_clone(frame));
  if (!clone) throw std::bad_alloc();
  return clone;
}

FramePointer DownloadFrame(const AVFrame *source) {
  // Somebody else has read it meanwhile.
  if (!IsHardwareFrame(source)) return CloneFrame(source);
  FramePointer target = AllocateDownloaded(source);
  FramePointer transferred(av_frame_alloc());
  if (!transferred) throw std::bad_alloc();
  bool is_same = DownloadedFormat(source) == SoftwareFormat(source);
  // Drivers copy more than the part that is seen: their picture is copied once more.
  transferred->format = SoftwareFormat(source);
  if (av_hwframe_transfer_data(transferred.get(), source, 0) < 0)
    throw CodecFailure(CodecFailure::Reason::kCoding, "the picture could not be copied from its device");
  if (is_same)
    av_image_copy(target->data, target->linesize, const_cast<const uint8_t **>(transferred->data),
                  transferred->linesize, DownloadedFormat(source), source->width, source->height);
  else
    SeparateP010(target.get(), transferred.get());
  return target;
}

bool IsHardwareFrame(const AVFrame *frame) { return frame->hw_frames_ctx != nullptr; }

FrameOutput::FrameOutput(FramePointer frame, std::shared_ptr<std::atomic<int>> held, int most)
    : frame_(std::move(frame)), memory_(nullptr), size_(0) {
  if (IsHardwareFrame(frame_.get()) && *held >= most) frame_ = DownloadFrame(frame_.get());
  if (IsHardwareFrame(frame_.get())) {
    ++*held;
    hold_ = std::shared_ptr<void>(nullptr, [held](void *) { --*held; });
    description_ = DescribeOnDevice(frame_.get());
    size_ = av_image_get_buffer_size(DownloadedFormat(frame_.get()), frame_->width, frame_->height, kRowAlignment);
    return;
  }
  if (!FindMemory(frame_.get(), &memory_, &size_)) {
    frame_ = CopyInOnePiece(frame_.get());
    FindMemory(frame_.get(), &memory_, &size_);
  }
  description_ = Describe(frame_.get());
}

Napi::Value FrameOutput::ToJavaScript(Napi::Env env) {
  int slot = Frames::Of(env).Put(env, std::move(frame_), std::move(hold_), memory_, size_);
  constexpr int kPlanes = 4;
  Napi::Array numbers = Napi::Array::New(env, 12 + 2 * kPlanes);
  uint32_t count = 0;
  auto add = [&](double value) { numbers[count++] = Napi::Number::New(env, value); };
  add(description_.timestamp);
  add(description_.duration);
  for (int value : {slot, description_.format, description_.width, description_.height, description_.primaries,
                    description_.transfer, description_.matrix, description_.full_range, description_.plane_count})
    add(value);
  for (int i = 0; i < kPlanes; i++)
    add(i < description_.plane_count ? static_cast<double>(description_.plane[i] - memory_) : 0);
  for (int i = 0; i < kPlanes; i++) add(i < description_.plane_count ? description_.stride[i] : 0);
  add(memory_ ? 0 : 1);
  return numbers;
}

// The slots -----------------------------------------------------------------------------------------

Frames &Frames::Of(Napi::Env env) { return *env.GetInstanceData<Frames>(); }

Napi::Object Frames::Define(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Frames());
  exports["release"] = Napi::Function::New(env, Release, "release");
  exports["buffer"] = Napi::Function::New(env, Buffer, "buffer");
  exports["download"] = Napi::Function::New(env, StartDownload, "download");
  return exports;
}

int Frames::Put(Napi::Env env, FramePointer frame, std::shared_ptr<void> hold, const uint8_t *memory, size_t size) {
  if (free_.empty()) {
    free_.push_back(static_cast<int>(slots_.size()));
    slots_.emplace_back();
  }
  int index = free_.back();
  free_.pop_back();
  Slot &slot = slots_[index];
  slot.frame = std::move(frame);
  slot.hold = std::move(hold);
  slot.memory = memory;
  slot.size = size;
  slot.number = ++count_;
  // Else pictures that nobody closes would look like small objects to the garbage collector.
  Napi::MemoryManagement::AdjustExternalMemory(env, static_cast<int64_t>(size));
  return index;
}

Frames::Slot *Frames::Find(int slot) {
  if (slot < 0 || static_cast<size_t>(slot) >= slots_.size() || !slots_[slot].frame) return nullptr;
  return &slots_[slot];
}

const AVFrame *Frames::Get(int slot) {
  Slot *found = Find(slot);
  return found ? found->frame.get() : nullptr;
}

void Frames::Release(const Napi::CallbackInfo &info) {
  Frames &frames = Of(info.Env());
  int index = info[0].As<Napi::Number>().Int32Value();
  Slot *slot = frames.Find(index);
  if (!slot) return;
  // Nobody may read what will be another picture soon.
  if (!slot->buffer.IsEmpty()) {
    Napi::ArrayBuffer buffer = slot->buffer.Value();
    if (!buffer.IsEmpty() && !buffer.IsDetached()) buffer.Detach();
    slot->buffer.Reset();
  }
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), -static_cast<int64_t>(slot->size));
  slot->frame.reset();
  slot->hold.reset();
  slot->memory = nullptr;
  frames.free_.push_back(index);
}

Napi::Value Frames::Buffer(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  Slot *slot = Of(env).Find(info[0].As<Napi::Number>().Int32Value());
  if (!slot) throw Napi::Error::New(env, "the picture has been released");
  if (!slot->buffer.IsEmpty()) return slot->buffer.Value();
  if (!slot->memory) {
    slot->frame = DownloadFrame(slot->frame.get());
    slot->hold.reset();
    FindMemory(slot->frame.get(), &slot->memory, &slot->size);
  }
  napi_value buffer;
  napi_status status = napi_create_external_arraybuffer(
      env, const_cast<uint8_t *>(slot->memory), slot->size, [](napi_env, void *, void *) {}, nullptr, &buffer);
  if (status != napi_ok) {
    // Runtimes whose heap is caged (Electron) take no memory from outside.
    Napi::ArrayBuffer copy = Napi::ArrayBuffer::New(env, slot->size);
    std::memcpy(copy.Data(), slot->memory, slot->size);
    return copy;
  }
  slot->buffer = Napi::Reference<Napi::ArrayBuffer>::New(Napi::ArrayBuffer(env, buffer), 1);
  return Napi::ArrayBuffer(env, buffer);
}

// Copies on a thread of the runtime's pool.
class Frames::Download : public Napi::AsyncWorker {
 public:
  Download(Napi::Env env, int index, const Slot &slot)
      : Napi::AsyncWorker(env),
        deferred_(env),
        index_(index),
        number_(slot.number),
        frame_(CloneFrame(slot.frame.get())) {}

  Napi::Promise Promise() { return deferred_.Promise(); }

  void Execute() override { downloaded_ = DownloadFrame(frame_.get()); }

  void OnOK() override {
    Slot *slot = Of(Env()).Find(index_);
    if (slot && slot->number == number_ && !slot->memory) {
      slot->frame = std::move(downloaded_);
      slot->hold.reset();
      FindMemory(slot->frame.get(), &slot->memory, &slot->size);
    }
    deferred_.Resolve(Env().Undefined());
  }

  void OnError(const Napi::Error &error) override { deferred_.Reject(error.Value()); }

 private:
  Napi::Promise::Deferred deferred_;
  int index_;
  uint64_t number_;
  FramePointer frame_;
  FramePointer downloaded_;
};

Napi::Value Frames::StartDownload(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  int index = info[0].As<Napi::Number>().Int32Value();
  Slot *slot = Of(env).Find(index);
  if (!slot) throw Napi::Error::New(env, "the picture has been released");
  auto *download = new Download(env, index, *slot);
  download->Queue();
  return download->Promise();
}

}  // namespace everycodec
