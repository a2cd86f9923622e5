/**
 * A chassis of modules that belongs to a card and to no server (a Resource Node): its slots, supplies, fans and links as the card's kernel
 * shows them, and the switches in it by which its modules are routed.
 *
 * <p><em>Invariant:</em> no module is switched on for which the supplies would not last if the largest of them failed.
 */
@NullMarked
package org.rackweave.hal.chassis;

import org.jspecify.annotations.NullMarked;
