// A codec with a thread of its own, as JavaScript sees it.
#ifndef EVERYCODEC_SESSION_H
#define EVERYCODEC_SESSION_H

#include <napi.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "codec.h"

namespace everycodec {

// What the session's thread tells JavaScript; several of them cross together.
struct SessionEvent {
  enum class Type { kOpened, kProgress, kDrained, kFailed, kClosed };

  Type type;
  int consumed = 0;     // kProgress
  Outputs outputs;      // kProgress
  const char *reason = nullptr;  // kFailed
  std::string message;  // kFailed: why; kOpened: what does the work
};

// JavaScript's class Session: constructor(parameters, listener), submit(inputs), drain(), close(), ref(), unref().
//
// `listener(type, first, second)` is called with ('opened', description), ('progress', consumed, outputs), ('drained'),
// ('failed', reason, message); 'opened' again when something else does the work. After close() it is called once more,
// with ('closed').
class Session : public Napi::ObjectWrap<Session> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit Session(const Napi::CallbackInfo &info);
  ~Session() override;

 private:
  class Work;

  void Submit(const Napi::CallbackInfo &info);
  void Drain(const Napi::CallbackInfo &info);
  void Close(const Napi::CallbackInfo &info);
  void Reference(const Napi::CallbackInfo &info);
  void Unreference(const Napi::CallbackInfo &info);

  std::shared_ptr<Work> work_;
};

}  // namespace everycodec

#endif
