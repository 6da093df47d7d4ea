// PVXS' values of every type: how they are filled, and how two of them differ.
#pragma once

#include <pvxs/data.h>

#include <string>
#include <vector>

const std::vector<pvxs::TypeCode>& all_scalars();

/// Every field gets a value of its own, different for different n: ends of what it can hold, texts beyond ASCII, NaN,
/// unions and anys of other kinds, empty arrays. Marks all.
void fill(pvxs::Value value, int n);

/// The fields that hold something and are marked: "alarm.severity".
std::vector<std::string> marks(const pvxs::Value& top);

/// In what two values differ, "FIELD: what": types, ids, names, selected members, numbers bit by bit. Counts the parts
/// that were compared.
std::vector<std::string> differences(const pvxs::Value& one, const pvxs::Value& other, std::size_t& compared);

std::string joined(const std::vector<std::string>& words);
/// For a JSON string.
std::string quoted(const std::string& text);
