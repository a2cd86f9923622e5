/**
 * The field engineer's command line, {@code rackweave}: looks, rehearses, orders and repairs, at this machine's daemon or at
 * any other. Each command is an {@link org.rackweave.cli.Action} that is given a {@link org.rackweave.cli.Session}; what
 * belongs to the process (streams, environment, terminal, clock, network) is in {@link org.rackweave.cli.Surroundings}.
 *
 * <p><b>Invariant:</b> data goes to standard output and all else to standard error; nothing is taken away from anybody
 * without a yes; how a command ended is told by its {@link org.rackweave.cli.ExitCode}, and never by a stack trace; a
 * command that does not talk to a daemon loads nothing of the network.
 */
@NullMarked
package org.rackweave.cli;

import org.jspecify.annotations.NullMarked;
