#include "client/pva/operation.h"

#include "pv/structure.h"
#include "wire/pva/request_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace iochron::client::pva {
namespace {

constexpr std::uint32_t default_queue = 4; ///< of PVXS' and pvAccessCPP's servers
constexpr std::uint32_t least_queue = 2;

std::string_view option(const pv::Structure& request, std::string_view name)
{
    const pv::Value* const value = request.find(fmt::format("record._options.{}", name));
    return value != nullptr && value->is_text() ? value->text() : std::string_view{};
}

std::uint32_t number(std::string_view text, std::uint32_t otherwise)
{
    std::uint32_t parsed = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    return bad == std::errc{} && end == text.data() + text.size() ? parsed : otherwise;
}

} // namespace

const pv::Value& everything()
{
    static const pv::Value all = pv::Value::of(pv::Structure(pv::structure("", {{"field", pv::structure("", {})}})));
    return all;
}

std::expected<pv::Value, pv::Status> request_of(std::string_view text, PutRequest put)
{
    std::string whole(text);
    if (put.block) {
        whole += "record[block=true]";
    }
    if (put.processing != pv::Processing::passive) {
        whole += fmt::format("record[process={}]", put.processing == pv::Processing::yes);
    }
    if (whole.empty()) {
        return pv::Value{};
    }
    auto request = wire::pva::parse_request(whole);
    if (!request) {
        return std::unexpected(
            pv::Status{pv::Outcome::unsupported, fmt::format("the pvRequest \"{}\", at byte {}: {}", text,
                                                             request.error().offset, request.error().what)});
    }
    const pv::Value value = pv::Value::of(std::move(*request));
    if (const Pipeline pipeline = pipeline_of(value); pipeline.window == 1) {
        return std::unexpected(pv::Status{pv::Outcome::unsupported, "a pipeline needs a queueSize of 2 or more"});
    }
    return value;
}

Pipeline pipeline_of(const pv::Value& request)
{
    const pv::Structure* const asked = request.structure();
    if (asked == nullptr || (option(*asked, "pipeline") != "true" && option(*asked, "pipeline") != "1")) {
        return {};
    }
    Pipeline pipeline;
    const std::string_view size = option(*asked, "queueSize");
    pipeline.window = std::max(1u, size.empty() ? default_queue : number(size, 0));
    std::string_view grant = option(*asked, "ackAny");
    const bool percent = grant.ends_with('%');
    grant.remove_suffix(percent ? 1 : 0);
    const std::uint32_t wanted = number(grant, 0);
    const std::uint64_t at = wanted == 0 ? pipeline.window / least_queue
                             : percent   ? std::uint64_t{pipeline.window} * wanted / 100
                                         : wanted;
    pipeline.grant_at = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(at, 1, pipeline.window));
    return pipeline;
}

} // namespace iochron::client::pva
