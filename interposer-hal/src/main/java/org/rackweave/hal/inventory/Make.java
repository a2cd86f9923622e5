package org.rackweave.hal.inventory;

import java.util.Optional;

/**
 * Who made a thing and what they call it.
 *
 * @param vendor the maker
 * @param name the maker's name for it
 * @param version its version or revision
 */
public record Make(Optional<String> vendor, Optional<String> name, Optional<String> version) {
    public static final Make UNTOLD = new Make(Optional.empty(), Optional.empty(), Optional.empty());
}
