#pragma once

#include "db/group/field_name.h"
#include "pv/type.h"

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::group {

/// A member of a structure that is being put together from many mappings.
/// Thread: any (distinct objects)
class MemberTree {
  public:
    /// A member for the last of the parts, of that type; members of structures that are there already are merged.
    /// Empty parts: the type's members become those of the whole. What is in the way, else nothing.
    [[nodiscard]] std::string add(std::span<const NamePart> parts, const pv::TypeRef& type);
    /// The type of all that was added. Throws base::Problem beyond the bounds of pv::structure().
    [[nodiscard]] pv::TypeRef type(std::string id) const;

  private:
    struct Node {
        std::string name;
        std::string id;
        bool is_array = false; ///< of structures
        pv::TypeRef leaf;      ///< null: a structure
        std::vector<Node> members;
    };

    [[nodiscard]] static Node& child(Node& parent, std::string_view name, bool& fresh);
    [[nodiscard]] static std::string merge(Node& into, const pv::Type& type, bool in_array);
    [[nodiscard]] static std::string merge_leaf(Node& into, const pv::TypeRef& type, bool shared);
    [[nodiscard]] static pv::TypeRef type_of(const Node& node);

    Node root_;
};

} // namespace iochron::db::group
