#include "storage/lmdb_pages.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

namespace earmark::storage {
namespace {

// The file format of LMDB 0.9 (mdb.c: MDB_page, MDB_node, MDB_db, MDB_meta), 64-bit.
constexpr std::uint16_t branch_page = 0x01, leaf_page = 0x02, overflow_page = 0x04, meta_page = 0x08;
constexpr std::uint16_t big_value = 0x01, sub_database = 0x02;
constexpr std::uint16_t integer_keys = 0x08;
constexpr std::uint32_t lmdb_magic = 0xBEEFC0DE, lmdb_version = 1;
constexpr std::uint64_t no_page = ~std::uint64_t{0};
constexpr std::size_t header_bytes = 16, node_bytes = 8, max_depth = 32;

struct PageHeader {
  std::uint64_t number;
  std::uint16_t unused, flags;
  std::uint16_t lower, upper;  // of an overflow page: together the number of pages
};
struct Node {
  std::uint16_t low, high, flags, key_bytes;
};
struct Tree {
  std::uint32_t pad;
  std::uint16_t flags, depth;
  std::uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;
};
struct Meta {
  std::uint32_t magic, version;
  std::uint64_t address, map_bytes;
  Tree free, main;
  std::uint64_t last_page, commit;
};
static_assert(sizeof(PageHeader) == header_bytes && sizeof(Node) == node_bytes && sizeof(Tree) == 48);
static_assert(sizeof(Meta) == 136);

struct Damage {  // thrown and caught within this file only
  std::size_t offset;
  std::string text;
};

using Bytes = std::span<const std::byte>;

template <class T>
T load(Bytes bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::uint64_t integer(Bytes key) { return load<std::uint64_t>(key, 0); }

bool less(Bytes left, Bytes right, bool integers) {
  if (integers) return integer(left) < integer(right);
  const int order = std::memcmp(left.data(), right.data(), std::min(left.size(), right.size()));
  return order < 0 || (order == 0 && left.size() < right.size());
}

struct Entry {
  Bytes key;
  Bytes value;
  std::size_t offset = 0;  // of the value, in the file
  bool own_pages = false;
  bool database = false;
};

class Walk {
 public:
  Walk(Bytes file, std::atomic<std::uint64_t>& at) : file_(file), at_(at) {}

  PageSummary run(std::uint64_t commit, bool after_failed_append, const ValueVisitor& visit, bool& moved_on);

 private:
  using Visitor = std::function<void(const Entry&)>;
  struct Counts {
    std::uint64_t branch = 0, leaf = 0, overflow = 0, entries = 0;
  };
  struct Bounds {
    Bytes lowest, below;  // empty: none
  };
  struct Databases {
    Tree groups{}, meta{};
    bool any = false;
  };

  [[noreturn]] static void damaged(std::size_t offset, std::string text) { throw Damage{offset, std::move(text)}; }
  static void require(bool good, std::size_t offset, const char* text) {
    if (!good) damaged(offset, text);
  }
  Meta read_meta(std::size_t index);
  PageHeader open_page(std::uint64_t number, std::uint16_t flags);
  void use(std::uint64_t number);
  std::vector<std::size_t> nodes_of(std::size_t start, const PageHeader& header, bool leaf);
  void check_tree(const Tree& tree, bool integers, const char* name, const Visitor& visit);
  void walk_page(std::uint64_t number, std::size_t levels, bool integers, const Bounds& bounds, Counts& counts,
                 const Visitor& visit);
  Entry entry_at(std::size_t node_at, std::size_t page_end, Counts& counts);
  Databases databases_of(const Tree& main);
  void check_free_list(const Meta& meta, std::size_t& free_pages);
  void check_previous(const Meta& newest, const Meta& previous, std::uint64_t groups);

  Bytes file_;
  std::atomic<std::uint64_t>& at_;
  std::size_t page_bytes_ = 0;
  std::uint64_t page_count_ = 0;
  std::vector<bool> used_;
  std::size_t used_pages_ = 0;
};

Meta Walk::read_meta(std::size_t index) {
  const std::size_t start = index * page_bytes_;
  at_.store(start, std::memory_order_relaxed);
  const auto header = load<PageHeader>(file_, start);
  const auto meta = load<Meta>(file_, start + header_bytes);
  const std::size_t at = start + header_bytes;
  require(header.number == index && header.flags == meta_page, start,
          "the header of the meta page is not that of a meta page");
  require(meta.magic == lmdb_magic, at, "the meta page does not begin with LMDB's mark");
  require(meta.version == lmdb_version, at,
          "the meta page names a version of LMDB's file format that this program does not know");
  require(meta.address == 0 && meta.free.pad == page_bytes_ && meta.free.flags == integer_keys && meta.main.pad == 0 &&
              meta.main.flags == 0, at, "the meta page holds impossible settings");
  require(meta.map_bytes / page_bytes_ > meta.last_page && meta.map_bytes < (std::uint64_t{1} << 47), at,
          "the meta page holds an impossible map size");
  // Pages at the end that were allocated and freed in one commit are never written, so the file may be a little shorter.
  require(meta.last_page >= 1 && meta.last_page < file_.size() / page_bytes_ + 64, at,
          "the file is shorter than its meta page says (cut off?)");
  require(meta.commit % 2 == index || meta.commit == 0, at, "the meta page's commit number belongs to the other meta page");
  return meta;
}

void Walk::use(std::uint64_t number) {
  require(number >= 2 && number < page_count_, number < page_count_ ? number * page_bytes_ : 0,
          "a tree points to a page outside the file");
  require(!used_[number], number * page_bytes_, "the page is used twice");
  used_[number] = true;
  ++used_pages_;
}

PageHeader Walk::open_page(std::uint64_t number, std::uint16_t flags) {
  use(number);
  const std::size_t start = number * page_bytes_;
  at_.store(start, std::memory_order_relaxed);
  const auto header = load<PageHeader>(file_, start);
  require(header.number == number, start, "the page carries another page's number");
  require(header.flags == flags, start, "the page is not of the kind that its tree expects");
  return header;
}

// Offsets of the page's nodes in the file, in key order. Nodes must tile the page's upper part exactly.
std::vector<std::size_t> Walk::nodes_of(std::size_t start, const PageHeader& header, bool leaf) {
  const std::size_t count = (header.lower - header_bytes) / 2;
  require(header.lower >= header_bytes + 2 && header.lower % 2 == 0 && header.lower <= header.upper &&
              header.upper <= page_bytes_, start, "the page's table of contents is impossible");
  std::vector<std::size_t> nodes(count);
  std::vector<std::pair<std::size_t, std::size_t>> extents(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = load<std::uint16_t>(file_, start + header_bytes + 2 * i);
    require(offset >= header.upper && offset + node_bytes <= page_bytes_, start, "an entry lies outside its page");
    nodes[i] = start + offset;
    const auto node = load<Node>(file_, nodes[i]);
    std::size_t size = node_bytes + node.key_bytes;
    if (leaf) size += (node.flags & big_value) != 0 ? 8 : (std::size_t{node.high} << 16 | node.low);
    extents[i] = {offset, (size + 1) & ~std::size_t{1}};
  }
  std::sort(extents.begin(), extents.end());
  std::size_t next = header.upper;
  for (const auto& [offset, size] : extents) {
    require(offset == next, start, "the page's entries overlap or leave a gap");
    next += size;
  }
  require(next == page_bytes_, start, "the page's entries do not fill it as they should");
  return nodes;
}

Entry Walk::entry_at(std::size_t node_at, std::size_t page_end, Counts& counts) {
  const auto node = load<Node>(file_, node_at);
  Entry entry;
  entry.key = file_.subspan(node_at + node_bytes, node.key_bytes);
  entry.database = node.flags == sub_database;
  const std::size_t size = std::size_t{node.high} << 16 | node.low;
  entry.offset = node_at + node_bytes + node.key_bytes;
  if (node.flags != big_value) {
    require(node.flags == 0 || entry.database, node_at, "the entry is of an unknown kind");
    require(entry.offset + size <= page_end, node_at, "the entry's value does not fit its page");
    entry.value = file_.subspan(entry.offset, size);
    return entry;
  }
  const auto first = load<std::uint64_t>(file_, entry.offset);
  const PageHeader header = open_page(first, overflow_page);
  const std::uint64_t pages = (header_bytes - 1 + size) / page_bytes_ + 1;
  require((std::uint32_t{header.upper} << 16 | header.lower) == pages, first * page_bytes_,
          "the value's number of pages does not match its length");
  for (std::uint64_t page = first + 1; page < first + pages; ++page) use(page);
  counts.overflow += pages;
  entry.offset = first * page_bytes_ + header_bytes;
  entry.value = file_.subspan(entry.offset, size);
  entry.own_pages = true;
  return entry;
}

void Walk::walk_page(std::uint64_t number, std::size_t levels, bool integers, const Bounds& bounds, Counts& counts,
                     const Visitor& visit) {
  const bool leaf = levels == 1;
  const PageHeader header = open_page(number, leaf ? leaf_page : branch_page);
  const std::size_t start = number * page_bytes_;
  ++(leaf ? counts.leaf : counts.branch);
  const std::vector<std::size_t> nodes = nodes_of(start, header, leaf);
  require(leaf || nodes.size() >= 2, start, "a branch of the tree has fewer than two children");
  Bytes previous = bounds.lowest;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto node = load<Node>(file_, nodes[i]);
    const Bytes key = file_.subspan(nodes[i] + node_bytes, node.key_bytes);
    const bool implicit = !leaf && i == 0;  // a branch's first key is not looked at by LMDB
    if (!implicit) {
      require(integers ? key.size() == 8 : !key.empty(), nodes[i], "the key has an impossible length");
      const bool equal_allowed = leaf && i == 0;
      require(previous.empty() || less(previous, key, integers) || (equal_allowed && !less(key, previous, integers)),
              nodes[i], "the keys do not ascend");
      require(bounds.below.empty() || less(key, bounds.below, integers), nodes[i], "the key belongs to another branch");
      previous = key;
    }
    if (leaf) {
      ++counts.entries;
      visit(entry_at(nodes[i], start + page_bytes_, counts));
      continue;
    }
    Bounds child{implicit ? bounds.lowest : key, bounds.below};
    if (i + 1 < nodes.size()) {
      const auto following = load<Node>(file_, nodes[i + 1]);
      require(integers ? following.key_bytes == 8 : following.key_bytes > 0, nodes[i + 1],
              "the key has an impossible length");
      child.below = file_.subspan(nodes[i + 1] + node_bytes, following.key_bytes);
    }
    const std::uint64_t page = std::uint64_t{node.flags} << 32 | std::uint64_t{node.high} << 16 | node.low;
    walk_page(page, levels - 1, integers, child, counts, visit);
  }
}

void Walk::check_tree(const Tree& tree, bool integers, const char* name, const Visitor& visit) {
  Counts counts;
  if (tree.root != no_page) {
    require(tree.depth >= 1 && tree.depth <= max_depth, 0, "a tree has an impossible depth");
    walk_page(tree.root, tree.depth, integers, {}, counts, visit);
  } else {
    require(tree.depth == 0, 0, "an empty tree has a depth");
  }
  if (tree.branch_pages != counts.branch || tree.leaf_pages != counts.leaf || tree.overflow_pages != counts.overflow ||
      tree.entries != counts.entries) {
    damaged(tree.root != no_page ? tree.root * page_bytes_ : 0,
            std::string("the tree of ") + name + " does not hold what its record says");
  }
}

Walk::Databases Walk::databases_of(const Tree& main) {
  Databases databases;
  check_tree(main, false, "the databases", [&](const Entry& entry) {
    require(entry.database && entry.value.size() == sizeof(Tree), entry.offset, "the list of databases is damaged");
    const std::string_view name(reinterpret_cast<const char*>(entry.key.data()), entry.key.size());
    const auto tree = load<Tree>(entry.value, 0);
    require(tree.pad == 0 && (name == "groups" || name == "meta"), entry.offset, "the list of databases is damaged");
    require(tree.flags == (name == "groups" ? integer_keys : 0), entry.offset, "a database's settings are damaged");
    (name == "groups" ? databases.groups : databases.meta) = tree;
  });
  databases.any = main.entries == 2;
  return databases;
}

void Walk::check_free_list(const Meta& meta, std::size_t& free_pages) {
  std::vector<std::pair<std::uint64_t, std::size_t>> free;  // page, where it is said to be free
  check_tree(meta.free, true, "the free list", [&](const Entry& entry) {
    require(integer(entry.key) <= meta.commit && !entry.database && entry.value.size() >= 8, entry.offset,
            "the free list is damaged");
    const auto count = load<std::uint64_t>(entry.value, 0);
    require(count <= entry.value.size() / 8 - 1, entry.offset, "the free list is damaged");
    for (std::uint64_t i = 1; i <= count; ++i) {
      const auto page = load<std::uint64_t>(entry.value, i * 8);
      require(page >= 2 && page <= meta.last_page, entry.offset, "the free list names a page outside the file");
      require(i == 1 || page < load<std::uint64_t>(entry.value, i * 8 - 8), entry.offset, "the free list is not in order");
      free.emplace_back(page, entry.offset);
    }
  });
  std::sort(free.begin(), free.end());
  for (std::size_t i = 0; i < free.size(); ++i) {
    const std::uint64_t page = free[i].first;
    require(i == 0 || free[i - 1].first != page, free[i].second, "the free list names a page twice");
    require(page >= page_count_ || !used_[page], free[i].second, "the free list names a page that is in use");
  }
  free_pages = free.size();
}

// The meta before the newest: its tree is not walked again, but it must hold exactly one group less.
void Walk::check_previous(const Meta& newest, const Meta& previous, std::uint64_t groups) {
  const std::size_t at = (newest.commit + 1) % 2 * page_bytes_ + header_bytes;
  require(previous.commit + 1 == newest.commit, at, "the two meta pages are not one commit apart");
  require(previous.last_page <= newest.last_page, at, "the older meta page names more pages than the newer one");
  if (previous.commit == 0) {
    require(previous.main.root == no_page && previous.free.root == no_page, at, "the older meta page is damaged");
    return;
  }
  Walk older(file_, at_);
  older.page_bytes_ = page_bytes_;
  older.page_count_ = page_count_;
  older.used_.resize(page_count_);
  require(older.databases_of(previous.main).groups.entries + 1 == groups, at,
          "the two meta pages are not one group apart");
}

PageSummary Walk::run(std::uint64_t commit, bool after_failed_append, const ValueVisitor& visit, bool& moved_on) {
  require(file_.size() >= 2 * 4096, 0, "the file is too short to be a journal (cut off?)");
  page_bytes_ = load<Meta>(file_, header_bytes).free.pad;
  require(page_bytes_ >= 4096 && page_bytes_ <= 65'536 && (page_bytes_ & (page_bytes_ - 1)) == 0 &&
              file_.size() >= 2 * page_bytes_, header_bytes, "the page size in the meta page is impossible");
  Meta metas[2];
  if (commit == 0) {
    metas[0] = read_meta(0);
    metas[1] = read_meta(1);
  } else {
    metas[commit % 2] = read_meta(commit % 2);
    moved_on = metas[commit % 2].commit != commit;
    if (moved_on) return {};
  }
  const std::size_t newest = commit != 0 ? commit % 2 : (metas[1].commit > metas[0].commit ? 1 : 0);
  const Meta& meta = metas[newest];
  page_count_ = std::min<std::uint64_t>(meta.last_page + 1, file_.size() / page_bytes_);
  used_.resize(page_count_);

  PageSummary summary;
  summary.commit = meta.commit;
  summary.page_bytes = page_bytes_;
  summary.used_bytes = (meta.last_page + 1) * page_bytes_;
  const Databases databases = databases_of(meta.main);
  require(databases.any, newest * page_bytes_, "the journal's databases are missing");
  check_tree(databases.meta, false, "the directory's identity", [&](const Entry& entry) {
    const std::string_view name(reinterpret_cast<const char*>(entry.key.data()), entry.key.size());
    if (name == "identity") summary.identity = {0, entry.offset, entry.value.size(), entry.own_pages};
    if (name == "chain_seed") summary.chain_seed = {0, entry.offset, entry.value.size(), entry.own_pages};
  });
  check_tree(databases.groups, true, "the groups", [&](const Entry& entry) {
    require(!entry.database, entry.offset, "the entry is of an unknown kind");
    visit({integer(entry.key), entry.offset, entry.value.size(), entry.own_pages});
  });
  summary.groups = databases.groups.entries;
  check_free_list(meta, summary.free_pages);
  if (commit == 0 && !after_failed_append) check_previous(meta, metas[1 - newest], summary.groups);
  summary.used_pages = used_pages_ + 2;
  return summary;
}

}  // namespace

std::optional<PageProblem> check_pages(std::span<const std::byte> file, std::uint64_t commit, bool after_failed_append,
                                       std::atomic<std::uint64_t>& at, PageSummary& summary, const ValueVisitor& visit) {
  bool moved_on = false;
  try {
    summary = Walk(file, at).run(commit, after_failed_append, visit, moved_on);
  } catch (const Damage& damage) {
    return PageProblem{damage.offset, damage.text, false};
  }
  if (moved_on) return PageProblem{0, "the journal moved on", true};
  return std::nullopt;
}

}  // namespace earmark::storage
