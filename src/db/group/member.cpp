#include "db/group/member.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::db::group {

using Form = pv::Type::Form;

MemberTree::Node& MemberTree::child(Node& parent, std::string_view name, bool& fresh)
{
    const auto found = std::ranges::find(parent.members, name, &Node::name);
    fresh = found == parent.members.end();
    if (!fresh) {
        return *found;
    }
    parent.members.emplace_back().name = name;
    return parent.members.back();
}

std::string MemberTree::merge_leaf(Node& into, const pv::TypeRef& type, bool shared)
{
    if (!shared || (into.leaf && !(*into.leaf == *type)) || !into.members.empty()) {
        return fmt::format("\"{}\" is there already, as {}", into.name,
                           into.leaf ? to_string(*into.leaf) : std::string("a structure"));
    }
    into.leaf = type;
    return {};
}

std::string MemberTree::merge(Node& into, const pv::Type& type, bool in_array)
{
    if (into.leaf) {
        return fmt::format("\"{}\" is there already, as {}, so it cannot have members", into.name,
                           to_string(*into.leaf));
    }
    if (!type.id().empty()) {
        into.id = type.id();
    }
    for (const pv::Member& member : type.members()) {
        bool fresh = false;
        Node& inner = child(into, member.name, fresh);
        std::string wrong = member.type->is(Form::structure) ? merge(inner, *member.type, in_array)
                                                             : merge_leaf(inner, member.type, fresh || in_array);
        if (!wrong.empty()) {
            return wrong;
        }
    }
    return {};
}

std::string MemberTree::add(std::span<const NamePart> parts, const pv::TypeRef& type)
{
    Node* node = &root_;
    bool fresh = false;
    bool in_array = false; // of which another element may have the same member
    for (const NamePart& part : parts) {
        if (node->leaf) {
            return fmt::format("\"{}\" is there already, as {}, so it cannot have members", node->name,
                               to_string(*node->leaf));
        }
        node = &child(*node, part.name, fresh);
        if (!fresh && !node->leaf && node->is_array != part.index.has_value()) {
            return fmt::format("\"{0}\" is an array in one place (\"{0}[0]\") and none in another (\"{0}\")",
                               node->name);
        }
        if (!fresh && node->leaf && part.index) {
            return fmt::format("\"{}\" is there already, as {}", node->name, to_string(*node->leaf));
        }
        node->is_array = part.index.has_value();
        in_array = in_array || node->is_array;
    }
    if (type->is(Form::structure)) {
        return merge(*node, *type, in_array);
    }
    if (node->is_array) {
        return "an element of an array is a structure: it cannot be a value by itself; name a member of it";
    }
    return merge_leaf(*node, type, fresh || in_array);
}

pv::TypeRef MemberTree::type_of(const Node& node)
{
    if (node.leaf) {
        return node.leaf;
    }
    std::vector<pv::Member> members;
    for (const Node& member : node.members) {
        members.push_back({member.name, type_of(member)});
    }
    pv::TypeRef whole = pv::structure(node.id, std::move(members));
    return node.is_array ? pv::structure_array(std::move(whole)) : whole;
}

pv::TypeRef MemberTree::type(std::string id) const
{
    Node all = root_;
    all.id = std::move(id);
    return type_of(all);
}

} // namespace iochron::db::group
