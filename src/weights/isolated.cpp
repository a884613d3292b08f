#include "weights/isolated.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <limits>
#include <system_error>
#include <type_traits>

namespace kface {
namespace {

constexpr std::uint64_t kMaxText = 1U << 20U;
constexpr std::uint64_t kMaxRank = 8;
constexpr std::uint64_t kMaxTensors = 64;
constexpr rlim_t kSeconds = 3;                     // of processor time, for any file
constexpr std::size_t kBytesASecond = 20'000'000;  // and for a large one

constexpr unsigned kMostSeconds = 600;  // by the clock, should it wait for something

// Native bytes: both ends are this program.
class Pipe {
 public:
  explicit Pipe(int descriptor) : descriptor_(descriptor) {}
  ~Pipe() { close(descriptor_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool send(const void* bytes, std::size_t size) const {
    const auto* at = static_cast<const char*>(bytes);
    while (size > 0) {
      const ssize_t done = write(descriptor_, at, size);
      if (done < 0 && errno == EINTR) {
        continue;
      }
      if (done <= 0) {
        return false;
      }
      at += done;
      size -= static_cast<std::size_t>(done);
    }
    return true;
  }
  template <typename T>
  bool send(const T& value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    return send(&value, sizeof value);
  }
  bool send_text(const std::string& text) const {
    return send(std::uint64_t{text.size()}) && send(text.data(), text.size());
  }

  bool receive(void* bytes, std::size_t size) const {
    auto* at = static_cast<char*>(bytes);
    while (size > 0) {
      const ssize_t done = read(descriptor_, at, size);
      if (done < 0 && errno == EINTR) {
        continue;
      }
      if (done <= 0) {
        return false;
      }
      at += done;
      size -= static_cast<std::size_t>(done);
    }
    return true;
  }
  template <typename T>
  bool receive(T& value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    return receive(&value, sizeof value);
  }
  bool receive_text(std::string& text) const {
    std::uint64_t size = 0;
    if (!receive(size) || size > kMaxText) {
      return false;
    }
    text.resize(size);
    return receive(text.data(), size);
  }

 private:
  int descriptor_;
};

struct Head {
  ErrorCode code = ErrorCode::kOk;
  ChannelOrder channels = ChannelOrder::kBgr;
  bool has_mean = false;
  std::array<float, 3> mean_bgr{};
  std::uint64_t tensors = 0;
};

// Tensors are freed as they go, so that both processes together hold the weights once.
bool send_found(const Pipe& pipe, FoundWeights& found) {
  const Head head{.channels = found.channels,
                  .has_mean = found.mean_bgr.has_value(),
                  .mean_bgr = found.mean_bgr.value_or(std::array<float, 3>{}),
                  .tensors = found.tensors.size()};
  bool ok = pipe.send(head);
  while (ok && !found.tensors.empty()) {
    const auto node = found.tensors.extract(found.tensors.begin());
    const Tensor& tensor = node.mapped();
    ok = pipe.send_text(node.key()) && pipe.send(std::uint64_t{tensor.shape.size()}) &&
         pipe.send(tensor.shape.data(), tensor.shape.size() * sizeof(std::size_t)) &&
         pipe.send(tensor.data.data(), tensor.data.size() * sizeof(float));
  }
  return ok;
}

// In the child. Nothing that the program would do at its end is done.
[[noreturn]] void run_child(WeightReader reader, const SourceFile& file, const VggLayout& layout,
                            int descriptor) {
  const rlim_t seconds = kSeconds + file.bytes.size() / kBytesASecond;
  const rlimit processor{seconds, seconds};
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CPU, &processor);
  setrlimit(RLIMIT_CORE, &no_core);
  alarm(kMostSeconds);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGALRM, SIGPIPE}) {
    std::signal(signal, SIG_DFL);
  }
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  const Pipe pipe(descriptor);
  bool sent = false;
  try {
    auto found = reader(file, layout);
    if (found.ok()) {
      sent = send_found(pipe, found.value());
    } else {
      sent =
          pipe.send(Head{.code = found.error().code()}) && pipe.send_text(found.error().message());
    }
  } catch (const std::exception&) {
    sent = false;  // no memory, say: the parent sees an answer that is not whole
  }
  _exit(sent ? 0 : 1);
}

class Receiver {
 public:
  Receiver(const Pipe& pipe, const SourceFile& file, const VggLayout& layout)
      : pipe_(pipe), collector_(layout, file.name()) {}

  Result<FoundWeights> receive() {
    Head head;
    if (!pipe_.receive(head)) {
      return crashed();
    }
    if (head.code != ErrorCode::kOk) {
      std::string message;
      return pipe_.receive_text(message) ? Status{head.code, message} : crashed();
    }
    for (std::uint64_t i = 0; i < head.tensors && i < kMaxTensors; ++i) {
      KF_TRY(receive_tensor());
    }
    FoundWeights found{.channels = head.channels};
    if (head.has_mean) {
      found.mean_bgr = head.mean_bgr;
    }
    KF_ASSIGN(found.tensors, collector_.finish());
    found.with_top = collector_.with_top();
    return found;
  }

 private:
  Status crashed() const {
    return collector_.error(
        "is damaged: HDF5 crashed over it, or found no end; download or copy it again");
  }

  Status receive_tensor() {
    std::string name;
    std::uint64_t rank = 0;
    if (!pipe_.receive_text(name) || !pipe_.receive(rank) || rank > kMaxRank) {
      return crashed();
    }
    Tensor tensor;
    tensor.shape.resize(rank);
    if (!pipe_.receive(tensor.shape.data(), rank * sizeof(std::size_t))) {
      return crashed();
    }
    KF_TRY(collector_.expect(name, tensor.shape));
    tensor.data.resize(value_count(tensor.shape));
    if (!pipe_.receive(tensor.data.data(), tensor.data.size() * sizeof(float))) {
      return crashed();
    }
    return collector_.add(name, std::move(tensor));
  }

  const Pipe& pipe_;
  TensorCollector collector_;
};

}  // namespace

Result<FoundWeights> read_isolated(WeightReader reader, const SourceFile& file,
                                   const VggLayout& layout) {
  const auto refused = [&](const char* what) {
    return Status{ErrorCode::kIo, file.name() + ": cannot be read in a process of its own: " +
                                      what + ": " + std::system_category().message(errno)};
  };
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return refused("pipe");
  }
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    run_child(reader, file, layout, ends[1]);
  }
  close(ends[1]);
  const Pipe pipe(ends[0]);
  if (child < 0) {
    return refused("fork");
  }
  Result<FoundWeights> found = Receiver(pipe, file, layout).receive();
  if (!found.ok()) {
    kill(child, SIGKILL);  // it may still want to send
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return found;
}

}  // namespace kface
