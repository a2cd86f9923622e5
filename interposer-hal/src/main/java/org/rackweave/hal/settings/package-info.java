/**
 * What a configuration tells a provider of hardware, as texts by name.
 *
 * <p><b>Invariant:</b> a setting that nobody reads is refused by name; nothing here knows what a setting is for.
 */
@NullMarked
package org.rackweave.hal.settings;

import org.jspecify.annotations.NullMarked;
