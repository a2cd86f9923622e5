package org.rackweave.cli;

import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes trees of maps, lists, text, numbers and truth values as YAML, in the order that they have. */
final class YamlText {
    private YamlText() {}

    static String document(Object tree) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setWidth(120)
                .setDereferenceAliases(true)
                .build();
        return new Dump(settings).dumpToString(tree);
    }
}
