#include "session.h"

#include <new>
#include <system_error>
#include <utility>
#include <vector>

#include "properties.h"

namespace everycodec {

// What the session's thread and JavaScript's share. It lives until both are done with it.
class Session::Work : public std::enable_shared_from_this<Work> {
 public:
  Work(Napi::Env env, Napi::Function listener, std::unique_ptr<Codec> codec);

  void Start();
  void Add(const Napi::Object &input);
  void AddDrain();
  void Close();
  void Reference();
  void Unreference();

 private:
  // An input, or the wish to drain.
  struct Task {
    std::unique_ptr<Input> input;
  };

  static void CallListener(napi_env env, napi_value listener, void *context, void *data);
  static void Finalize(napi_env env, void *data, void *hint);
  static void EndWithEnvironment(void *data);

  void Push(Task task);
  void Run();
  void PostDescription();
  bool Next(Task &task);
  void Perform(Task &task);
  void CodeInput(Input &input);
  void Post(SessionEvent event);
  bool MergeProgress(SessionEvent &event);
  void Deliver(Napi::Env env, const Napi::Function &listener);
  void Tell(Napi::Env env, const Napi::Function &listener, SessionEvent &event);
  void Forget(int consumed);
  void Join();

  napi_env env_;
  napi_threadsafe_function function_ = nullptr;
  std::unique_ptr<Codec> codec_;
  std::thread thread_;
  // Keeps this alive while the thread-safe function may call.
  std::shared_ptr<Work> self_;

  // What inputs that have not been consumed refer to; JavaScript thread alone.
  std::deque<Napi::ObjectReference> held_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool closing_ = false;
  std::vector<SessionEvent> events_;
  bool called_ = false;  // and JavaScript has not answered yet
};

Session::Work::Work(Napi::Env env, Napi::Function listener, std::unique_ptr<Codec> codec)
    : env_(env), codec_(std::move(codec)) {
  Napi::String name = Napi::String::New(env, "everycodec");
  napi_status status = napi_create_threadsafe_function(env, listener, nullptr, name, 0, 1, this, Finalize, this,
                                                       CallListener, &function_);
  if (status != napi_ok) throw Napi::Error::New(env, "no thread-safe function could be made");
}

void Session::Work::Start() {
  self_ = shared_from_this();
  napi_unref_threadsafe_function(env_, function_);
  napi_add_env_cleanup_hook(env_, EndWithEnvironment, this);
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error &) {
    napi_release_threadsafe_function(function_, napi_tsfn_abort);
    throw CodecFailure(CodecFailure::Reason::kUnsupported, "no thread could be started");
  }
}

// JavaScript's memory, and the thread-safe function, go with the environment: the thread must have ended before.
void Session::Work::EndWithEnvironment(void *data) {
  Work *work = static_cast<Work *>(data);
  work->Close();
  work->Join();
}

void Session::Work::Join() {
  if (thread_.joinable()) thread_.join();
}

void Session::Work::Finalize(napi_env env, void *data, void *) {
  Work *work = static_cast<Work *>(data);
  napi_remove_env_cleanup_hook(env, EndWithEnvironment, work);
  // It released the function as its last act.
  work->Join();
  work->held_.clear();
  work->function_ = nullptr;
  std::shared_ptr<Work> last = std::move(work->self_);
}

void Session::Work::Add(const Napi::Object &input) {
  std::unique_ptr<Input> read = codec_->Read(input);
  held_.push_back(Napi::Persistent(input));
  Push({std::move(read)});
}

void Session::Work::AddDrain() { Push({nullptr}); }

void Session::Work::Push(Task task) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closing_) return;
  tasks_.push_back(std::move(task));
  changed_.notify_one();
}

void Session::Work::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closing_ = true;
  tasks_.clear();
  changed_.notify_one();
}

void Session::Work::Reference() {
  if (function_) napi_ref_threadsafe_function(env_, function_);
}

void Session::Work::Unreference() {
  if (function_) napi_unref_threadsafe_function(env_, function_);
}

// The session's thread ------------------------------------------------------------------------------

void Session::Work::Run() {
  try {
    codec_->Open();
    PostDescription();
    Task task;
    while (Next(task)) Perform(task);
  } catch (const CodecFailure &failure) {
    SessionEvent failed{SessionEvent::Type::kFailed};
    failed.reason = failure.reason();
    failed.message = failure.what();
    Post(std::move(failed));
  } catch (const std::exception &) {
    SessionEvent failed{SessionEvent::Type::kFailed};
    failed.reason = "coding";
    failed.message = "out of memory";
    Post(std::move(failed));
  }
  codec_->Close();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
    tasks_.clear();
  }
  Post({SessionEvent::Type::kClosed});
  napi_release_threadsafe_function(function_, napi_tsfn_release);
}

void Session::Work::PostDescription() {
  SessionEvent opened{SessionEvent::Type::kOpened};
  opened.message = codec_->Description();
  Post(std::move(opened));
}

bool Session::Work::Next(Task &task) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
  if (closing_) return false;
  task = std::move(tasks_.front());
  tasks_.pop_front();
  return true;
}

void Session::Work::Perform(Task &task) {
  if (task.input) {
    CodeInput(*task.input);
    return;
  }
  SessionEvent progress{SessionEvent::Type::kProgress};
  codec_->Drain(progress.outputs);
  Post(std::move(progress));
  Post({SessionEvent::Type::kDrained});
}

// What came out before a failure is not lost.
void Session::Work::CodeInput(Input &input) {
  SessionEvent progress{SessionEvent::Type::kProgress};
  progress.consumed = 1;
  try {
    codec_->Code(input, progress.outputs);
  } catch (...) {
    Post(std::move(progress));
    throw;
  }
  if (codec_->HasChanged()) PostDescription();
  Post(std::move(progress));
}

// One call of JavaScript takes all events that are there by then.
void Session::Work::Post(SessionEvent event) {
  std::unique_lock<std::mutex> lock(mutex_);
  // Nobody listens any more, but for the end.
  if (closing_ && event.type != SessionEvent::Type::kClosed && event.type != SessionEvent::Type::kFailed) return;
  if (!MergeProgress(event)) events_.push_back(std::move(event));
  if (called_) return;
  called_ = true;
  lock.unlock();
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

bool Session::Work::MergeProgress(SessionEvent &event) {
  if (event.type != SessionEvent::Type::kProgress || events_.empty()) return false;
  SessionEvent &last = events_.back();
  if (last.type != SessionEvent::Type::kProgress) return false;
  last.consumed += event.consumed;
  for (std::unique_ptr<Output> &output : event.outputs) last.outputs.push_back(std::move(output));
  return true;
}

// JavaScript's thread -------------------------------------------------------------------------------

// An exception of the listener: uncaught, as of any other callback.
void ReportUncaught(napi_env env, const Napi::Error &error) {
  try {
    napi_fatal_exception(env, error.Value());
  } catch (const Napi::Error &) {
    // It was the termination of the thread, which goes on without this.
  }
}

void Session::Work::CallListener(napi_env env, napi_value listener, void *context, void *) {
  // The environment is ending.
  if (!env || !listener) return;
  Work *work = static_cast<Work *>(context);
  Napi::Env environment(env);
  try {
    work->Deliver(environment, Napi::Function(environment, listener));
  } catch (const Napi::Error &error) {
    ReportUncaught(env, error);
  }
}

void Session::Work::Deliver(Napi::Env env, const Napi::Function &listener) {
  std::vector<SessionEvent> events;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    events.swap(events_);
    called_ = false;
  }
  for (SessionEvent &event : events) Tell(env, listener, event);
}

void Session::Work::Forget(int consumed) {
  for (int i = 0; i < consumed && !held_.empty(); i++) held_.pop_front();
}

void Session::Work::Tell(Napi::Env env, const Napi::Function &listener, SessionEvent &event) {
  Napi::HandleScope scope(env);
  switch (event.type) {
    case SessionEvent::Type::kOpened:
      listener.Call({Napi::String::New(env, "opened"), Napi::String::New(env, event.message)});
      break;
    case SessionEvent::Type::kProgress: {
      Forget(event.consumed);
      Napi::Array outputs = Napi::Array::New(env, event.outputs.size());
      for (uint32_t i = 0; i < event.outputs.size(); i++) outputs[i] = event.outputs[i]->ToJavaScript(env);
      listener.Call({Napi::String::New(env, "progress"), Napi::Number::New(env, event.consumed), outputs});
      break;
    }
    case SessionEvent::Type::kDrained:
      listener.Call({Napi::String::New(env, "drained")});
      break;
    case SessionEvent::Type::kFailed:
      listener.Call({Napi::String::New(env, "failed"), Napi::String::New(env, event.reason),
                     Napi::String::New(env, event.message)});
      break;
    case SessionEvent::Type::kClosed:
      held_.clear();
      listener.Call({Napi::String::New(env, "closed")});
      break;
  }
}

// The class -----------------------------------------------------------------------------------------

Napi::Function Session::Define(Napi::Env env) {
  return DefineClass(env, "Session",
                     {InstanceMethod("submit", &Session::Submit), InstanceMethod("drain", &Session::Drain),
                      InstanceMethod("close", &Session::Close), InstanceMethod("ref", &Session::Reference),
                      InstanceMethod("unref", &Session::Unreference)});
}

Session::Session(const Napi::CallbackInfo &info) : Napi::ObjectWrap<Session>(info) {
  if (info.Length() < 2 || !info[0].IsObject() || !info[1].IsFunction())
    throw Napi::TypeError::New(info.Env(), "Session: parameters and a listener are needed");
  try {
    std::unique_ptr<Codec> codec = MakeCodec(info[0].As<Napi::Object>());
    work_ = std::make_shared<Work>(info.Env(), info[1].As<Napi::Function>(), std::move(codec));
    work_->Start();
  } catch (const CodecFailure &failure) {
    throw Napi::Error::New(info.Env(), failure.what());
  }
}

// Garbage: its owner has not closed it.
Session::~Session() {
  if (work_) work_->Close();
}

void Session::Submit(const Napi::CallbackInfo &info) {
  Napi::Array inputs = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < inputs.Length(); i++) {
    work_->Add(inputs.Get(i).As<Napi::Object>());
  }
}

void Session::Drain(const Napi::CallbackInfo &) { work_->AddDrain(); }

void Session::Close(const Napi::CallbackInfo &) { work_->Close(); }

void Session::Reference(const Napi::CallbackInfo &) { work_->Reference(); }

void Session::Unreference(const Napi::CallbackInfo &) { work_->Unreference(); }

}  // namespace everycodec
