// The text of a pvRequest. What makes one must be written and read as the same.
#include "wire/pva/request_text.h"
#include "wire/pva/value.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

using namespace iochron;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto request = wire::pva::parse_request(text);
    if (!request) {
        if (request.error().offset > size || request.error().what.empty()) {
            std::abort();
        }
        return 0;
    }
    std::vector<std::byte> bytes;
    wire::pva::Encoder encoder(bytes, base::ByteOrder::little);
    wire::pva::write_typed(encoder, pv::Value::of(*request));
    base::Reader reader(bytes, base::ByteOrder::little);
    wire::pva::TypeCache types;
    const pv::Value again = wire::pva::ValueReader(reader, types).typed();
    if (reader.ok() && (again.structure() == nullptr || !(*again.structure() == *request))) {
        std::abort();
    }
    return 0;
}
