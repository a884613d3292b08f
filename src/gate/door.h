// What opens when somebody is let in.
#pragma once

#include <string>

#include "gallery/person.h"
#include "kface/status.h"

namespace kface {

// What a door is told. Nothing in it names the person but the id.
struct DoorEvent {
  std::string event;  // EventDetails::event
  std::string gate;
  std::string person;   // Person::id; empty if nobody was recognised
  std::string verdict;  // granted, denied, not sure
  std::string reason;
  Direction direction = Direction::kNone;
  UnixMs at = 0;
};

// A way to the door. Thread-safe; opening never takes longer than the timeout it was made with.
class Door {
 public:
  virtual ~Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  // Tells of every decision; opens for `granted` alone, and closes again after the hold time.
  // Errors: kIo: the door could not be told (says which and why). It is then closed, or closes by
  //         itself after its hold time.
  virtual Status tell(const DoorEvent& event) = 0;

  // "open", "closed", "unreachable: ..." for the health page.
  virtual std::string state() const = 0;

 protected:
  Door() = default;
};

}  // namespace kface
