// Errors as values. The world's faults (file, image, model, network) are a `Status` or a
// `Result<T>`; a caller's bug is a `ContractViolation`, thrown by KF_REQUIRE with the values seen.
#pragma once

#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace kface {

enum class ErrorCode {
  kOk,
  kInvalidArgument,  // what was asked cannot be answered (too few pairs, unknown name)
  kNotFound,         // a file, folder or entry that should be there is not
  kCorruption,       // a file that is there is not what it claims to be
  kVersion,          // a file of another format version
  kMismatch,         // two valid things that do not belong together (model and backbone)
  kIo,               // the operating system refused (permission, full disk)
  kInterrupted,      // stopped on request; starting again continues
};

// Success, or what went wrong in one sentence: what was found, what was expected, what to do.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == ErrorCode::kOk; }
  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  ErrorCode code_ = ErrorCode::kOk;
  std::string message_;
};

// Thrown when the caller breaks a documented `Requires:`; never caused by user input.
class ContractViolation : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// A value, or the Status that says why there is none.
//
// Requires: value() only if ok(); error() only if !ok() (checked, throws ContractViolation).
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT: implicit by design
  Result(Status status) : status_(std::move(status)) {  // NOLINT: implicit by design
    if (status_.ok()) {
      throw ContractViolation("Result: an ok Status carries no value");
    }
  }

  bool ok() const { return value_.has_value(); }
  const Status& error() const { return status_; }
  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }

 private:
  T& checked() {
    if (!value_.has_value()) {
      throw ContractViolation("Result::value() on an error: " + status_.message());
    }
    return *value_;
  }

  std::optional<T> value_;
  Status status_;
};

namespace detail {
template <typename... Values>
std::string describe_violation(const char* expression, const char* file, int line,
                               const Values&... values) {
  std::ostringstream text;
  text << file << ':' << line << ": required " << expression;
  if constexpr (sizeof...(values) > 0) {
    text << "; got";
    ((text << ' ' << values), ...);
  }
  return text.str();
}
}  // namespace detail

}  // namespace kface

// KF_REQUIRE(cond, values...): throws ContractViolation that prints the condition and the values.
#define KF_REQUIRE(condition, ...)                                          \
  do {                                                                      \
    if (!(condition)) {                                                     \
      throw ::kface::ContractViolation(::kface::detail::describe_violation( \
          #condition, __FILE__, __LINE__ __VA_OPT__(, ) __VA_ARGS__));      \
    }                                                                       \
  } while (false)

// KF_TRY(expr): returns the error of `expr` (a Status) from the enclosing function.
#define KF_TRY(expression)                                           \
  do {                                                               \
    if (::kface::Status kf_status = (expression); !kf_status.ok()) { \
      return kf_status;                                              \
    }                                                                \
  } while (false)

// KF_ASSIGN(decl, expr): `decl = value of expr`, or returns its error.
#define KF_ASSIGN_JOIN(a, b) a##b
#define KF_ASSIGN_CONCAT(a, b) KF_ASSIGN_JOIN(a, b)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses
#define KF_ASSIGN_IMPL(result, declaration, expression) \
  auto result = (expression);                           \
  if (!result.ok()) {                                   \
    return result.error();                              \
  }                                                     \
  declaration = std::move(result).value()
#define KF_ASSIGN(declaration, expression) \
  KF_ASSIGN_IMPL(KF_ASSIGN_CONCAT(kf_result_, __LINE__), declaration, expression)
// NOLINTEND(bugprone-macro-parentheses)
