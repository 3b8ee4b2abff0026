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
constexpr const char* unknown_kind = "the entry is of an unknown kind";

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
  std::size_t key_offset = 0;
  std::size_t offset = 0;  // of the value, in the file
  bool own_pages = false;
  bool database = false;
};

class Walk {
 public:
  Walk(Bytes file, const PageWalk& walk, std::atomic<std::uint64_t>& at) : file_(file), walk_(walk), at_(at) {}

  PageSummary run(const ValueVisitor& visit, bool& moved_on);

 private:
  using Visitor = std::function<void(const Entry&)>;
  struct Counts {
    std::uint64_t branch = 0, leaf = 0, overflow = 0, entries = 0;
    std::uint64_t first = 0, last = 0;  // integer keys
  };
  struct Bounds {
    Bytes lowest, below;  // empty: none
  };
  using Nodes = std::vector<std::size_t>;

  [[noreturn]] static void damaged(std::size_t offset, std::string text) { throw Damage{offset, std::move(text)}; }
  static void require(bool good, std::size_t offset, const char* text) {
    if (!good) damaged(offset, text);
  }
  Meta read_meta(std::size_t index);
  PageHeader open_page(std::uint64_t number, std::uint16_t flags);
  void use(std::uint64_t number);
  void find_nodes(std::size_t start, const PageHeader& header, bool leaf, Nodes& nodes);
  Counts check_tree(const Tree& tree, bool integers, const char* name, const Visitor& visit);
  void walk_page(std::uint64_t number, std::size_t levels, bool integers, const Bounds& bounds, Counts& counts,
                 const Visitor& visit);
  Entry entry_at(std::size_t node_at, std::size_t page_end, Counts& counts);
  void walk_leaf(std::size_t start, const PageHeader& header, bool integers, const Bounds& bounds, Counts& counts,
                 const Visitor& visit);
  std::vector<Tree> databases_of(const Tree& main, std::size_t meta_at);
  void check_free_list(const Meta& meta, std::size_t& free_pages);
  std::uint64_t edge_key(const Tree& tree, bool last);
  void look_at_previous(const Meta& newest, const Meta& previous, PageSummary& summary);

  Bytes file_;
  const PageWalk& walk_;
  std::atomic<std::uint64_t>& at_;
  std::size_t page_bytes_ = 0;
  std::uint64_t page_count_ = 0;
  std::vector<bool> used_;
  std::size_t used_pages_ = 0;
  Nodes leaf_nodes_;
  std::vector<std::pair<std::size_t, std::size_t>> extents_;
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
void Walk::find_nodes(std::size_t start, const PageHeader& header, bool leaf, Nodes& nodes) {
  const std::size_t count = (header.lower - header_bytes) / 2;
  require(header.lower >= header_bytes + 2 && header.lower % 2 == 0 && header.lower <= header.upper &&
              header.upper <= page_bytes_, start, "the page's table of contents is impossible");
  nodes.resize(count);
  extents_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = load<std::uint16_t>(file_, start + header_bytes + 2 * i);
    require(offset >= header.upper && offset + node_bytes <= page_bytes_, start, "an entry lies outside its page");
    nodes[i] = start + offset;
    const auto node = load<Node>(file_, nodes[i]);
    std::size_t size = node_bytes + node.key_bytes;
    if (leaf) size += (node.flags & big_value) != 0 ? 8 : (std::size_t{node.high} << 16 | node.low);
    extents_[count - 1 - i] = {offset, (size + 1) & ~std::size_t{1}};  // as they lie where entries were only added
  }
  if (!std::is_sorted(extents_.begin(), extents_.end())) std::sort(extents_.begin(), extents_.end());
  std::size_t next = header.upper;
  for (const auto& [offset, size] : extents_) {
    require(offset == next, start, "the page's entries overlap or leave a gap");
    next += size;
  }
  require(next == page_bytes_, start, "the page's entries do not fill it as they should");
}

Entry Walk::entry_at(std::size_t node_at, std::size_t page_end, Counts& counts) {
  const auto node = load<Node>(file_, node_at);
  Entry entry;
  entry.key_offset = node_at + node_bytes;
  entry.key = file_.subspan(entry.key_offset, node.key_bytes);
  entry.database = node.flags == sub_database;
  const std::size_t size = std::size_t{node.high} << 16 | node.low;
  entry.offset = node_at + node_bytes + node.key_bytes;
  if (node.flags != big_value) {
    require(node.flags == 0 || entry.database, node_at, unknown_kind);
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

void Walk::walk_leaf(std::size_t start, const PageHeader& header, bool integers, const Bounds& bounds, Counts& counts,
                     const Visitor& visit) {
  ++counts.leaf;
  find_nodes(start, header, true, leaf_nodes_);
  Bytes previous = bounds.lowest;
  for (std::size_t i = 0; i < leaf_nodes_.size(); ++i) {
    const std::size_t at = leaf_nodes_[i];
    const Bytes key = file_.subspan(at + node_bytes, load<Node>(file_, at).key_bytes);
    require(integers ? key.size() == 8 : !key.empty(), at, "the key has an impossible length");
    require(previous.empty() || less(previous, key, integers) || (i == 0 && !less(key, previous, integers)), at,
            "the keys do not ascend");
    require(bounds.below.empty() || less(key, bounds.below, integers), at, "the key belongs to another branch");
    previous = key;
    ++counts.entries;
    // What has nothing to be looked at lies within its page, as find_nodes() has seen: most of a start's check is of such entries.
    if (!visit && load<Node>(file_, at).flags == 0) continue;
    const Entry entry = entry_at(at, start + page_bytes_, counts);
    if (visit) visit(entry);
    else require(!entry.database, entry.offset, unknown_kind);
  }
  if (!integers || leaf_nodes_.empty()) return;
  if (counts.entries == leaf_nodes_.size()) counts.first = integer(file_.subspan(leaf_nodes_.front() + node_bytes, 8));
  counts.last = integer(previous);
}

void Walk::walk_page(std::uint64_t number, std::size_t levels, bool integers, const Bounds& bounds, Counts& counts,
                     const Visitor& visit) {
  const PageHeader header = open_page(number, levels == 1 ? leaf_page : branch_page);
  const std::size_t start = number * page_bytes_;
  if (levels == 1) return walk_leaf(start, header, integers, bounds, counts, visit);
  ++counts.branch;
  Nodes nodes;
  find_nodes(start, header, false, nodes);
  require(nodes.size() >= 2, start, "a branch of the tree has fewer than two children");
  const auto key_at = [&](std::size_t i) {
    const auto node = load<Node>(file_, nodes[i]);
    require(integers ? node.key_bytes == 8 : node.key_bytes > 0, nodes[i], "the key has an impossible length");
    return file_.subspan(nodes[i] + node_bytes, node.key_bytes);
  };
  Bytes lowest = bounds.lowest;
  for (std::size_t i = 0; i < nodes.size(); ++i) {  // the first key of a branch is not looked at by LMDB
    if (i > 0) {
      const Bytes key = key_at(i);
      require(lowest.empty() || less(lowest, key, integers), nodes[i], "the keys do not ascend");
      require(bounds.below.empty() || less(key, bounds.below, integers), nodes[i], "the key belongs to another branch");
      lowest = key;
    }
    const Bounds child{lowest, i + 1 < nodes.size() ? key_at(i + 1) : bounds.below};
    const auto node = load<Node>(file_, nodes[i]);
    const std::uint64_t page = std::uint64_t{node.flags} << 32 | std::uint64_t{node.high} << 16 | node.low;
    walk_page(page, levels - 1, integers, child, counts, visit);
  }
}

Walk::Counts Walk::check_tree(const Tree& tree, bool integers, const char* name, const Visitor& visit) {
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
  return counts;
}

std::vector<Tree> Walk::databases_of(const Tree& main, std::size_t meta_at) {
  std::vector<Tree> trees(walk_.kinds.size());
  for (Tree& tree : trees) tree.root = no_page;
  std::size_t found = 0;
  check_tree(main, false, "the databases", [&](const Entry& entry) {
    require(entry.database && entry.value.size() == sizeof(Tree), entry.offset, "the list of databases is damaged");
    const std::string_view name(reinterpret_cast<const char*>(entry.key.data()), entry.key.size());
    const auto kind = std::find_if(walk_.kinds.begin(), walk_.kinds.end(), [&](const DatabaseKind& each) { return name == each.name; });
    const auto tree = load<Tree>(entry.value, 0);
    require(tree.pad == 0 && kind != walk_.kinds.end(), entry.offset, "the list of databases is damaged");
    require(tree.flags == (kind->integer_keys ? integer_keys : 0), entry.offset, "a database's settings are damaged");
    trees[static_cast<std::size_t>(kind - walk_.kinds.begin())] = tree;
    found += kind->optional ? 0U : 1U;
  });
  const auto needed = std::count_if(walk_.kinds.begin(), walk_.kinds.end(), [](const DatabaseKind& kind) { return !kind.optional; });
  require(found == static_cast<std::size_t>(needed), meta_at, "databases are missing");
  return trees;
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

// The first or last key of a tree whose pages are not walked.
std::uint64_t Walk::edge_key(const Tree& tree, bool last) {
  require(tree.depth >= 1 && tree.depth <= max_depth, 0, "a tree has an impossible depth");
  std::uint64_t number = tree.root;
  Nodes nodes;
  for (std::size_t levels = tree.depth;; --levels) {
    const PageHeader header = open_page(number, levels == 1 ? leaf_page : branch_page);
    find_nodes(number * page_bytes_, header, levels == 1, nodes);
    const std::size_t at = last ? nodes.back() : nodes.front();
    const auto node = load<Node>(file_, at);
    if (levels == 1) {
      require(node.key_bytes == 8, at, "the key has an impossible length");
      return integer(file_.subspan(at + node_bytes, 8));
    }
    number = std::uint64_t{node.flags} << 32 | std::uint64_t{node.high} << 16 | node.low;
  }
}

// The meta before the newest: its trees are not walked again, only along their edges.
void Walk::look_at_previous(const Meta& newest, const Meta& previous, PageSummary& summary) {
  const std::size_t at = (newest.commit + 1) % 2 * page_bytes_ + header_bytes;
  require(previous.commit + 1 == newest.commit, at, "the two meta pages are not one commit apart");
  require(previous.last_page <= newest.last_page, at, "the older meta page names more pages than the newer one");
  if (previous.commit == 0) {
    require(previous.main.root == no_page && previous.free.root == no_page, at, "the older meta page is damaged");
    return;
  }
  for (std::size_t kind = 0; walk_.previous && kind < walk_.kinds.size(); ++kind) {
    Walk older(file_, walk_, at_);  // of its own: these pages may well be used by the newest commit, too
    older.page_bytes_ = page_bytes_;
    older.page_count_ = page_count_;
    older.used_.resize(page_count_);
    const Tree tree = older.databases_of(previous.main, at)[kind];
    DatabaseSummary& database = summary.previous.emplace_back(DatabaseSummary{tree.entries, 0, 0});
    if (tree.root == no_page || !walk_.kinds[kind].integer_keys) continue;
    std::fill(older.used_.begin(), older.used_.end(), false);
    database.first = older.edge_key(tree, false);
    std::fill(older.used_.begin(), older.used_.end(), false);
    database.last = older.edge_key(tree, true);
  }
}

PageSummary Walk::run(const ValueVisitor& visit, bool& moved_on) {
  require(file_.size() >= 2 * 4096, 0, "the file is too short (cut off?)");
  page_bytes_ = load<Meta>(file_, header_bytes).free.pad;
  require(page_bytes_ >= 4096 && page_bytes_ <= 65'536 && (page_bytes_ & (page_bytes_ - 1)) == 0 &&
              file_.size() >= 2 * page_bytes_, header_bytes, "the page size in the meta page is impossible");
  Meta metas[2];
  const std::uint64_t commit = walk_.commit;
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
  const std::vector<Tree> trees = databases_of(meta.main, newest * page_bytes_);
  for (std::size_t kind = 0; kind < trees.size(); ++kind) {
    DatabaseSummary& database = summary.databases.emplace_back(DatabaseSummary{trees[kind].entries, 0, 0});
    const bool integers = walk_.kinds[kind].integer_keys;
    const Visitor hand_on = [&](const Entry& entry) {
      require(!entry.database, entry.offset, unknown_kind);
      visit({kind, integers ? integer(entry.key) : 0, entry.key_offset, entry.key.size(), entry.offset, entry.value.size(), entry.own_pages});
    };
    const Counts counts = check_tree(trees[kind], integers, walk_.kinds[kind].what, visit ? hand_on : Visitor());
    database.first = counts.first;
    database.last = counts.last;
  }
  check_free_list(meta, summary.free_pages);
  if (commit == 0 && !walk_.after_failed_commit) look_at_previous(meta, metas[1 - newest], summary);
  summary.used_pages = used_pages_ + 2;
  return summary;
}

}  // namespace

std::optional<PageProblem> check_pages(std::span<const std::byte> file, const PageWalk& walk, std::atomic<std::uint64_t>& at,
                                       PageSummary& summary, const ValueVisitor& visit) {
  bool moved_on = false;
  try {
    summary = Walk(file, walk, at).run(visit, moved_on);
  } catch (const Damage& damage) {
    return PageProblem{damage.offset, damage.text, false};
  }
  if (moved_on) return PageProblem{0, "a writer moved on", true};
  return std::nullopt;
}

}  // namespace earmark::storage
