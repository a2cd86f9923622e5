/**
 * Lending through a Switchtec: its ports, and the halves of ports that are split, behind the HAL's one port {@link
 * org.rackweave.hal.Interposer}.
 *
 * <p><b>Invariant:</b> what the switch shows is the truth, and nothing is remembered beside it but commands without an answer. Of the port of
 * such a command nothing is believed before the command has shown, or the time in which it could has passed with no bind under way on the
 * switch.
 */
@NullMarked
package org.rackweave.hal.switchtec.routing;

import org.jspecify.annotations.NullMarked;
