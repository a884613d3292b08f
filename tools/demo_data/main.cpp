// kface_demo_data EXAMPLES MODELS OUT: writes the demo's photos, see README.md, "The demo".
#include <algorithm>
#include <iostream>
#include <thread>

#include "people.h"
#include "tree.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: kface_demo_data EXAMPLES MODELS OUT\n"
                 "  EXAMPLES  dlib's examples: johns/ and faces/\n"
                 "  MODELS    dlib's model files\n"
                 "  OUT       the tree of photos to write, replaced if it is there\n";
    return 2;
  }
  kface::JobContext context;
  context.threads = std::max(1U, std::thread::hardware_concurrency());
  const auto people = kface::find_demo_people(argv[1], argv[2], context);
  if (!people.ok()) {
    std::cerr << "kface_demo_data: " << people.error().message() << "\n";
    return 1;
  }
  const auto written = kface::write_demo_tree(people.value(), argv[3], context);
  if (!written.ok()) {
    std::cerr << "kface_demo_data: " << written.error().message() << "\n";
    return 1;
  }
  std::cout << argv[3] << ": " << written.value() << " simulated photos of "
            << people.value().size() << " people\n";
  return 0;
}
