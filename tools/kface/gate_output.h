// What the gate's commands print.
#pragma once

#include <string>
#include <vector>

#include "enroll_folder.h"
#include "gate/access.h"
#include "gate/camera_loop.h"

namespace kface::cli {

// `what`: the photo, or the gate. JSON is one object a line.
void print_decision(const Decision& decision, const std::string& what, bool json);
// What somebody before the camera is asked to do; LiveCheck::prompt.
void print_prompt(const std::string& prompt, const std::string& gate, bool json);
void print_people(const std::vector<Person>& people, bool json);
void print_enrolled(const Person& person, const std::vector<EnrolledFace>& faces, bool json);
void print_folder_enrolment(const FolderEnrolment& done, bool json);

// What a gate is about to do, with what its threshold means for a gallery of this size.
void print_gate_start(AccessControl& access, const CameraOptions& options, bool json);
void print_gate_end(const CameraState& state, bool json);

}  // namespace kface::cli
