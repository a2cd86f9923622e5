package org.rackweave.hal.health;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rackweave.hal.inventory.Require;

/**
 * The errors of one severity that a PCIe function has reported since the kernel found it.
 *
 * @param total messages; one message can name several errors, so this is not the sum of {@code byName}
 * @param byName how often each error was named, in the kernel's order and by its names, such as {@code BadTLP}
 */
public record ErrorCount(long total, Map<String, Long> byName) {
    public ErrorCount {
        Require.atLeastZero(total, "total");
        byName.forEach((name, count) -> Require.atLeastZero(count, Require.notBlank(name, "an error's name")));
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }
}
