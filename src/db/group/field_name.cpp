#include "db/group/field_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace iochron::db::group {
namespace {

using Wrong = std::unexpected<std::string>;

std::expected<NamePart, std::string> parse_part(std::string_view text)
{
    NamePart part;
    const std::size_t bracket = std::min(text.find('['), text.size());
    part.name = text.substr(0, bracket);
    if (part.name.empty()) {
        return Wrong("a part of the name is empty; write it as in \"a.b[0].c\"");
    }
    const auto odd = std::ranges::find_if(part.name, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-' && c != ':';
    });
    if (odd != part.name.end()) {
        return Wrong("a name has letters, digits and _ only");
    }
    if (bracket == text.size()) {
        return part;
    }
    const std::string_view index = text.substr(bracket + 1);
    std::uint32_t number = 0;
    const auto [end, bad] = std::from_chars(index.data(), index.data() + index.size(), number);
    if (bad != std::errc{} || std::string_view(end, index.data() + index.size()) != "]") {
        return Wrong(fmt::format("'{}' is no index; write it as in \"a[0]\"", text.substr(bracket)));
    }
    if (number >= most_elements) {
        return Wrong(fmt::format("the index {} is too large: arrays of structures have at most {} elements", number,
                                 most_elements));
    }
    part.index = number;
    return part;
}

} // namespace

std::expected<std::vector<NamePart>, std::string> parse_field_name(std::string_view name)
{
    std::vector<NamePart> parts;
    for (std::string_view rest = name; !name.empty();) {
        const std::size_t dot = rest.find('.');
        auto part = parse_part(rest.substr(0, dot));
        if (!part) {
            return Wrong(std::move(part.error()));
        }
        if (parts.size() == most_name_parts) {
            return Wrong(fmt::format("the name has more than {} parts", most_name_parts));
        }
        parts.push_back(*std::move(part));
        if (dot == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(dot + 1);
    }
    return parts;
}

} // namespace iochron::db::group
