"""Paths, components, flows, trees, centrality and formats, on graphs whose answers are known."""

import io

import networkx as nx

roads = nx.Graph()
roads.add_weighted_edges_from([("a", "b", 1), ("b", "c", 2), ("a", "c", 5), ("c", "d", 1), ("x", "y", 1)])
assert nx.shortest_path(roads, "a", "d", weight="weight") == ["a", "b", "c", "d"]
assert nx.dijkstra_path_length(roads, "a", "d") == 4
assert sorted(map(sorted, nx.connected_components(roads))) == [["a", "b", "c", "d"], ["x", "y"]]
assert nx.minimum_spanning_tree(roads).size(weight="weight") == 5
tasks = nx.DiGraph([("dress", "go"), ("shoes", "go"), ("socks", "shoes")])
order = list(nx.topological_sort(tasks))
assert order.index("socks") < order.index("shoes") < order.index("go")
pipes = nx.DiGraph()
pipes.add_edge("s", "a", capacity=3)
pipes.add_edge("s", "b", capacity=2)
pipes.add_edge("a", "t", capacity=2)
pipes.add_edge("b", "t", capacity=3)
assert nx.maximum_flow_value(pipes, "s", "t") == 4
club = nx.karate_club_graph()
assert (len(club), club.size()) == (34, 78) and max(nx.degree_centrality(club).items(), key=lambda item: item[1])[0] == 33
ranks = nx.betweenness_centrality(club)
assert max(ranks, key=ranks.get) == 0 and abs(ranks[0] - 0.4376) < 1e-4
assert nx.is_isomorphic(nx.cycle_graph(5), nx.complement(nx.cycle_graph(5)))
assert nx.chromatic_polynomial and max(nx.greedy_color(nx.complete_graph(4)).values()) == 3
assert len(nx.community.greedy_modularity_communities(club)) == 3
file = io.BytesIO()
nx.write_graphml(club, file)
assert nx.is_isomorphic(nx.read_graphml(io.BytesIO(file.getvalue())), club)
try:
    nx.shortest_path(roads, "a", "x")
except nx.NetworkXNoPath:
    pass
else:
    raise AssertionError("a path was found where there is none")
