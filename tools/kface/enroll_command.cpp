#include <cstdio>

#include "base/files.h"
#include "base/times.h"
#include "commands.h"
#include "enroll_folder.h"
#include "gate_output.h"
#include "gate_session.h"

namespace kface::cli {
namespace {

struct EnrollArguments {
  GateArguments gate;
  std::string person;  // id of somebody there already
  std::string name;
  std::string folder;
  std::vector<std::string> groups;
  std::string card;
  std::string vehicle;
  std::string consent;
  std::string valid_from;
  std::string valid_until;
  std::vector<std::string> photos;
};

Status fill_person(const EnrollArguments& arguments, Person& person) {
  person.name = arguments.name;
  person.groups = arguments.groups;
  person.card = arguments.card;
  person.vehicle = arguments.vehicle;
  if (arguments.consent.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  "--consent DATE is missing: the day on which the person agreed that their face "
                  "is used; nobody is enrolled without"};
  }
  KF_ASSIGN(person.consent_at, time_option("--consent", arguments.consent));
  if (!arguments.valid_from.empty()) {
    KF_ASSIGN(person.valid_from, time_option("--valid-from", arguments.valid_from));
  }
  if (!arguments.valid_until.empty()) {
    KF_ASSIGN(person.valid_until, time_option("--valid-until", arguments.valid_until));
  }
  return {};
}

Result<std::vector<std::vector<std::uint8_t>>> read_photos(const std::vector<std::string>& paths,
                                                           std::size_t max_bytes) {
  std::vector<std::vector<std::uint8_t>> photos;
  for (const std::string& path : paths) {
    KF_ASSIGN(auto bytes, read_file(path, max_bytes));
    photos.push_back(std::move(bytes));
  }
  return photos;
}

// One person, new or known. Prints what was enrolled.
Status enroll_one(GateSession& session, const EnrollArguments& arguments, bool json) {
  KF_ASSIGN(const auto photos,
            read_photos(arguments.photos, arguments.gate.policy.max_photo_bytes));
  if (photos.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  "no photo was given; one to three of a face that "
                  "looks at the camera are enough"};
  }
  const std::string actor = command_line_actor();
  if (!arguments.person.empty()) {
    KF_ASSIGN(const Person person, session.gallery->person(arguments.person));
    std::vector<EnrolledFace> faces;
    for (const auto& photo : photos) {
      KF_ASSIGN(auto face, session.access->add_face(person.id, photo, actor));
      faces.push_back(std::move(face));
    }
    print_enrolled(person, faces, json);
    return {};
  }
  Person person;
  KF_TRY(fill_person(arguments, person));
  KF_ASSIGN(const auto enrolled, session.access->enroll(std::move(person), photos, actor));
  print_enrolled(enrolled.first, enrolled.second, json);
  return {};
}

Status enroll_all(const Globals& globals, GateSession& session, const EnrollArguments& arguments) {
  Person person;
  EnrollArguments named = arguments;
  named.name = "of the folder";  // replaced by each folder's
  KF_TRY(fill_person(named, person));
  KF_ASSIGN(const FolderEnrolment done,
            enroll_folder(*session.access, person, arguments.folder, command_line_actor(),
                          job_context(globals, "people")));
  print_folder_enrolment(done, globals.json);
  return {};
}

int run_enroll(const Globals& globals, const EnrollArguments& arguments) {
  GateSessionOptions options;
  options.audit_name = kCommandLineAudit;
  options.readers = arguments.folder.empty() ? 1 : globals.threads;
  options.allow_foreign_templates = true;
  const auto session = open_gate_session(globals, arguments.gate, std::move(options));
  if (!session.ok()) {
    return report_error(session.error());
  }
  const Status status = arguments.folder.empty()
                            ? enroll_one(*session.value(), arguments, globals.json)
                            : enroll_all(globals, *session.value(), arguments);
  return status.ok() ? kSuccess : report_error(status);
}

}  // namespace

void add_enroll_command(CLI::App& app, Globals& globals) {
  const auto arguments = std::make_shared<EnrollArguments>();
  CLI::App* command = add_command(
      app, globals, "enroll", "Add people to a gallery, by photos of their faces",
      "  kface enroll -m staff.kface --name '김민수' --consent 2026-11-25 a.jpg b.jpg\n"
      "  kface enroll -m staff.kface --person p-... c.jpg      one more photo of somebody\n"
      "  kface enroll -m staff.kface --folder people --consent 2026-11-25 --group staff\n"
      "                                                        a folder for each person",
      [&globals, arguments] { return run_enroll(globals, *arguments); });
  add_gate_arguments(*command, arguments->gate);
  auto* name = command->add_option("--name", arguments->name, "name of a new person");
  auto* person = command->add_option("--person", arguments->person, "id of somebody there already");
  auto* folder = command->add_option("--folder", arguments->folder,
                                     "folder of folders, each named after a person");
  name->excludes(person)->excludes(folder);
  person->excludes(folder);
  command->add_option("--group", arguments->groups, "group of the person (several: once each)");
  command->add_option("--card", arguments->card, "number of the person's card");
  command->add_option("--vehicle", arguments->vehicle, "number plate of the person's vehicle");
  command->add_option("--consent", arguments->consent,
                      "when the person agreed that their face is used (2026-11-25)");
  command->add_option("--valid-from", arguments->valid_from, "let in from this time on");
  command->add_option("--valid-until", arguments->valid_until, "no longer let in from then on");
  command->add_option("PHOTO", arguments->photos, "photos of the person");
}

}  // namespace kface::cli
