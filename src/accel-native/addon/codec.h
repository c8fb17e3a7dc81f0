// One codec at work, on the thread of its session.
#ifndef EVERYCODEC_CODEC_H
#define EVERYCODEC_CODEC_H

#include <napi.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace everycodec {

// Ends a session. What C libraries return is turned into it; nothing else may be thrown by a codec but std::bad_alloc.
class CodecFailure : public std::runtime_error {
 public:
  enum class Reason { kUnsupported, kCoding };

  CodecFailure(Reason reason, const std::string &message) : std::runtime_error(message), reason_(reason) {}

  // The name of the reason in src/engine/engine.ts.
  const char *reason() const { return reason_ == Reason::kUnsupported ? "unsupported" : "coding"; }

 private:
  Reason reason_;
};

// Returns a result of the glue, or throws what a negative one stands for (DecoderError, EncoderError: both alike).
int Checked(int result, const char *doing);

// One input, read on the JavaScript thread, used up on that of the session.
class Input {
 public:
  virtual ~Input() = default;
};

// One output, made on the session's thread, handed over on the JavaScript thread.
class Output {
 public:
  virtual ~Output() = default;
  virtual Napi::Value ToJavaScript(Napi::Env env) = 0;
};

using Outputs = std::vector<std::unique_ptr<Output>>;

// e.g. ", 2 threads".
std::string ThreadsText(int threads);

class Codec {
 public:
  virtual ~Codec() = default;
  // On the JavaScript thread: memory that `input` refers to stays until the input has been consumed.
  virtual std::unique_ptr<Input> Read(const Napi::Object &input) = 0;
  // The others are called on the session's thread. They throw CodecFailure; what is in `outputs` then is valid.
  virtual void Open() = 0;
  virtual void Code(Input &input, Outputs &outputs) = 0;
  // All that is held back comes out; afterwards the codec goes on.
  virtual void Drain(Outputs &outputs) = 0;
  virtual void Close() = 0;
  // What does the work, for people. Asked for once it is open, and when it has changed.
  virtual std::string Description() const = 0;
  // Whether something else does the work since the last call.
  virtual bool HasChanged() { return false; }
};

// Makes the codec for parameters of src/engine/engine.ts in numbers (src/accel-native/accel-addon.ts).
std::unique_ptr<Codec> MakeCodec(const Napi::Object &parameters);

}  // namespace everycodec

#endif
