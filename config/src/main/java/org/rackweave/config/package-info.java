/**
 * The one configuration file: its schema, its loader, its defaults.
 *
 * <p><b>Invariant:</b> every option is described once, in the schema; documentation, defaults and checks follow from it.
 */
@NullMarked
package org.rackweave.config;

import org.jspecify.annotations.NullMarked;
