// The part of JSON Schema that openapi.json uses: does a value fit?
#pragma once

#include <nlohmann/json.hpp>
#include <regex>
#include <string>

namespace kface::service {

class SchemaCheck {
 public:
  using Json = nlohmann::json;

  // `document` has the schemas that $ref points to, and outlives the object.
  explicit SchemaCheck(const Json& document) : document_(document) {}

  // Empty, or where and why not: "/person/name: ...".
  std::string fault(const Json& value, const Json& schema, const std::string& at = "") const {
    if (schema.contains("$ref")) {
      const std::string ref = schema["$ref"].get<std::string>();
      return fault(value, document_.at(Json::json_pointer(ref.substr(1))), at);
    }
    if (schema.contains("oneOf")) {
      int fitting = 0;
      for (const Json& one : schema["oneOf"]) {
        fitting += fault(value, one, at).empty() ? 1 : 0;
      }
      return fitting == 1 ? "" : at + ": fits " + std::to_string(fitting) + " of oneOf";
    }
    if (schema.contains("type") && !has_type(value, schema["type"])) {
      return at + ": " + value.dump() + " is no " + schema["type"].dump();
    }
    if (schema.contains("enum") && !contains(schema["enum"], value)) {
      return at + ": " + value.dump() + " is none of " + schema["enum"].dump();
    }
    if (value.is_number() &&
        (value < schema.value("minimum", value) || value > schema.value("maximum", value))) {
      return at + ": " + value.dump() + " is out of range";
    }
    if (value.is_string() && schema.contains("pattern") &&
        !std::regex_search(value.get<std::string>(),
                           std::regex(schema["pattern"].get<std::string>()))) {
      return at + ": " + value.dump() + " does not match";
    }
    return value.is_object()  ? object_fault(value, schema, at)
           : value.is_array() ? array_fault(value, schema, at)
                              : "";
  }

 private:
  static bool contains(const Json& list, const Json& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }
  static bool has_type(const Json& value, const Json& type) {
    if (type.is_array()) {
      return std::any_of(type.begin(), type.end(),
                         [&](const Json& one) { return has_type(value, one); });
    }
    return type == "object"    ? value.is_object()
           : type == "array"   ? value.is_array()
           : type == "string"  ? value.is_string()
           : type == "boolean" ? value.is_boolean()
           : type == "integer" ? value.is_number_integer()
           : type == "number"  ? value.is_number()
           : type == "null"    ? value.is_null()
                               : false;
  }
  std::string object_fault(const Json& value, const Json& schema, const std::string& at) const {
    for (const Json& name : schema.value("required", Json::array())) {
      if (!value.contains(name.get<std::string>())) {
        return at + ": " + name.dump() + " is missing";
      }
    }
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, one] : value.items()) {
      if (properties.contains(name)) {
        if (auto found = fault(one, properties[name], at + "/" + name); !found.empty()) {
          return found;
        }
      } else if (schema.contains("additionalProperties") &&
                 schema["additionalProperties"] == false) {
        return at + "/" + name + " is not described";
      }
    }
    return "";
  }
  std::string array_fault(const Json& value, const Json& schema, const std::string& at) const {
    for (std::size_t i = 0; schema.contains("items") && i < value.size(); ++i) {
      if (auto found = fault(value[i], schema["items"], at + "/" + std::to_string(i));
          !found.empty()) {
        return found;
      }
    }
    return "";
  }

  const Json& document_;
};

}  // namespace kface::service
