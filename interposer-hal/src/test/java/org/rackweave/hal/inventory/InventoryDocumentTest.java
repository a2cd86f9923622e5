package org.rackweave.hal.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.discovery.CapturedMachine;
import org.rackweave.hal.discovery.Discovery;

class InventoryDocumentTest {
    /** The names are an interface to other people's scripts. When this fails, do not change the list: change the code. */
    @Test
    void everyNameOfADocumentIsOneOfThePublishedOnes() throws Exception {
        Set<String> names = new TreeSet<>();
        for (CapturedMachine machine : CapturedMachine.all().toList()) {
            collect("", InventoryDocument.of(Discovery.of(machine.tree()).inventory()), names);
        }
        collect("", InventoryDocument.of(Discovery.ofThisMachine()), names);
        try (InputStream published = InventoryDocumentTest.class.getResourceAsStream("/inventory-names.txt")) {
            assertThat(new String(published.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .containsAll(names);
        }
    }

    @Test
    void whatIsNotKnownIsNotThere() throws Exception {
        Map<String, Object> empty = InventoryDocument.of(
                Discovery.ofDirectory(Path.of("/nonexistent")).inventory());
        assertThat(empty).doesNotContainKey("runningHost");
        assertThat(((Map<?, ?>) empty.get("memory")).containsKey("totalBytes")).isFalse();
        assertThat((List<?>) empty.get("pciFunctions")).isEmpty();
        assertThat((List<?>) empty.get("problems")).isNotEmpty();
    }

    /** Goes through a document, checks that it holds plain values only, and collects its names as paths. */
    private static void collect(String path, Object value, Set<String> names) {
        if (value instanceof Map<?, ?> map) {
            // The numbers of NUMA nodes are keys of their own and no published names.
            map.forEach((name, inner) -> {
                String below =
                        path + (path.isEmpty() ? "" : ".") + name.toString().replaceAll("^[0-9]+$", "N");
                names.add(below);
                collect(below, inner, names);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> collect(path + "[]", inner, names));
        } else {
            assertThat(value).as(path).isInstanceOfAny(String.class, Long.class, Boolean.class);
        }
    }
}
