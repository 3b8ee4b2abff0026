// earmark: the command line.
#include "client/commands/command.hpp"

int main(int argc, char** argv) { return earmark::client::run_command_line(argc, argv); }
