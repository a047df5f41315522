// SPDX-License-Identifier: Apache-2.0
// The words that titles, names and imprints are composed from. All of it is made up for this
// project or is common knowledge (surnames, places, class numbers).
#include "simulate/words.hpp"

#include "base/text.hpp"

namespace tushu::simulate {
namespace {

constexpr Subject kJc1[] = {
    {"A751", "毛泽东思想", "mao ze dong si xiang"},
    {"B0", "哲学理论", "zhe xue li lun"},
    {"B2", "中国哲学", "zhong guo zhe xue"},
    {"B222.2", "论语", "lun yu"},
    {"B223.1", "老子", "lao zi"},
    {"B248.2", "王阳明心学", "wang yang ming xin xue"},
    {"B516.31", "康德哲学", "kang de zhe xue"},
    {"B81", "逻辑学", "luo ji xue"},
    {"B83", "美学", "mei xue"},
    {"B84", "心理学", "xin li xue"},
    {"B844.1", "儿童心理学", "er tong xin li xue"},
    {"B848.4", "人生哲学", "ren sheng zhe xue"},
    {"B94", "佛教", "fo jiao"},
    {"B95", "道教", "dao jiao"},
    {"C8", "统计学", "tong ji xue"},
    {"C91", "社会学", "she hui xue"},
    {"C912.4", "公共关系", "gong gong guan xi"},
    {"C92-05", "人口经济", "ren kou jing ji"},
    {"C93", "管理学", "guan li xue"},
    {"C95", "民族学", "min zu xue"},
    {"C96", "人才学", "ren cai xue"},
    {"D0", "政治学", "zheng zhi xue"},
    {"D23", "党的建设", "dang de jian she"},
    {"D6", "中国政治", "zhong guo zheng zhi"},
    {"D63", "国家行政管理", "guo jia xing zheng guan li"},
    {"D669.3", "社会工作", "she hui gong zuo"},
    {"D693", "民国政治", "min guo zheng zhi"},
    {"D8", "国际关系", "guo ji guan xi"},
    {"D9", "法学理论", "fa xue li lun"},
    {"D909.2", "中国法制史", "zhong guo fa zhi shi"},
    {"D92", "中国法律", "zhong guo fa lü"},
    {"D923", "民法", "min fa"},
    {"D923-43", "民法学教程", "min fa xue jiao cheng"},
    {"D923.4", "知识产权法", "zhi shi chan quan fa"},
    {"D99", "国际法", "guo ji fa"},
    {"E0", "军事理论", "jun shi li lun"},
    {"E29", "中国军事史", "zhong guo jun shi shi"},
    {"E892", "孙子兵法", "sun zi bing fa"},
    {"F0", "政治经济学", "zheng zhi jing ji xue"},
    {"F091", "经济思想史", "jing ji si xiang shi"},
    {"F12", "中国经济", "zhong guo jing ji"},
    {"F127=5", "当代地方经济", "dang dai di fang jing ji"},
    {"F127.51", "上海经济", "shang hai jing ji"},
    {"F23", "会计学", "kuai ji xue"},
    {"F249", "劳动经济", "lao dong jing ji"},
    {"F27", "企业管理", "qi ye guan li"},
    {"F272-43", "企业管理教程", "qi ye guan li jiao cheng"},
    {"F272.9", "企业文化", "qi ye wen hua"},
    {"F299.2", "城市经济", "cheng shi jing ji"},
    {"F302", "农业经济史", "nong ye jing ji shi"},
    {"F4", "工业经济", "gong ye jing ji"},
    {"F5", "交通运输经济", "jiao tong yun shu jing ji"},
    {"F59", "旅游经济", "lü you jing ji"},
    {"F71", "国内贸易", "guo nei mao yi"},
    {"F74", "国际贸易", "guo ji mao yi"},
    {"F81", "财政学", "cai zheng xue"},
    {"F83", "金融学", "jin rong xue"},
    {"F830.9", "证券投资", "zheng quan tou zi"},
    {"F832.9", "中国金融史", "zhong guo jin rong shi"},
    {"G0", "文化理论", "wen hua li lun"},
    {"G12", "中国文化", "zhong guo wen hua"},
    {"G127", "上海文化", "shang hai wen hua"},
    {"G20", "信息传播", "xin xi chuan bo"},
    {"G21", "新闻学", "xin wen xue"},
    {"G23", "出版事业", "chu ban shi ye"},
    {"G25", "图书馆学", "tu shu guan xue"},
    {"G25-61", "图书馆学词典", "tu shu guan xue ci dian"},
    {"G250", "图书馆理论", "tu shu guan li lun"},
    {"G250.7", "图书馆自动化", "tu shu guan zi dong hua"},
    {"G251", "图书馆管理", "tu shu guan guan li"},
    {"G251-62", "图书馆工作手册", "tu shu guan gong zuo shou ce"},
    {"G252", "读者服务", "du zhe fu wu"},
    {"G253", "文献采访", "wen xian cai fang"},
    {"G254", "文献编目", "wen xian bian mu"},
    {"G255", "古籍整理", "gu ji zheng li"},
    {"G256", "文献学", "wen xian xue"},
    {"G257", "目录学", "mu lu xue"},
    {"G259.2", "中国图书馆史", "zhong guo tu shu guan shi"},
    {"G27", "档案学", "dang an xue"},
    {"G40", "教育学", "jiao yu xue"},
    {"G52", "中国教育", "zhong guo jiao yu"},
    {"G61", "学前教育", "xue qian jiao yu"},
    {"G632", "中学教学", "zhong xue jiao xue"},
    {"G64", "高等教育", "gao deng jiao yu"},
    {"G8", "体育", "ti yu"},
    {"G85", "武术", "wu shu"},
    {"H1", "汉语", "han yu"},
    {"H11", "汉语语音", "han yu yu yin"},
    {"H12", "汉字学", "han zi xue"},
    {"H13", "汉语词汇", "han yu ci hui"},
    {"H14", "汉语语法", "han yu yu fa"},
    {"H17", "方言学", "fang yan xue"},
    {"H195", "对外汉语教学", "dui wai han yu jiao xue"},
    {"H31", "英语", "ying yu"},
    {"H35", "俄语", "e yu"},
    {"H36", "日语", "ri yu"},
};
constexpr Subject kJc2[] = {
    {"I0", "文艺理论", "wen yi li lun"},
    {"I109", "世界文学史", "shi jie wen xue shi"},
    {"I2", "中国文学", "zhong guo wen xue"},
    {"I206.2", "古代文学评论", "gu dai wen xue ping lun"},
    {"I207.2", "诗歌研究", "shi ge yan jiu"},
    {"I207.4", "红楼梦研究", "hong lou meng yan jiu"},
    {"I209", "中国文学史", "zhong guo wen xue shi"},
    {"I210", "鲁迅研究", "lu xun yan jiu"},
    {"I222", "古典诗词", "gu dian shi ci"},
    {"I227", "现代诗歌", "xian dai shi ge"},
    {"I242", "古典小说", "gu dian xiao shuo"},
    {"I246.5", "现代小说", "xian dai xiao shuo"},
    {"I247.5", "长篇小说", "chang pian xiao shuo"},
    {"I247.7", "短篇小说", "duan pian xiao shuo"},
    {"I266", "现代散文", "xian dai san wen"},
    {"I267", "当代散文", "dang dai san wen"},
    {"I313.45", "日本小说", "ri ben xiao shuo"},
    {"I512.4", "俄国小说", "e guo xiao shuo"},
    {"I561.4", "英国小说", "ying guo xiao shuo"},
    {"I565.4", "法国小说", "fa guo xiao shuo"},
    {"I712.4", "美国小说", "mei guo xiao shuo"},
    {"J0", "艺术理论", "yi shu li lun"},
    {"J12", "中国艺术", "zhong guo yi shu"},
    {"J20", "绘画理论", "hui hua li lun"},
    {"J212", "中国画技法", "zhong guo hua ji fa"},
    {"J292", "书法", "shu fa"},
    {"J3", "雕塑", "diao su"},
    {"J41", "摄影", "she ying"},
    {"J5", "工艺美术", "gong yi mei shu"},
    {"J60", "音乐理论", "yin yue li lun"},
    {"J82", "京剧", "jing ju"},
    {"J825", "昆曲", "kun qu"},
    {"J9", "电影", "dian ying"},
    {"K0", "史学理论", "shi xue li lun"},
    {"K1", "世界史", "shi jie shi"},
    {"K20", "中国通史", "zhong guo tong shi"},
    {"K20-42", "中国历史习题", "zhong guo li shi xi ti"},
    {"K21", "原始社会史", "yuan shi she hui shi"},
    {"K22", "先秦史", "xian qin shi"},
    {"K22-53", "先秦史论丛", "xian qin shi lun cong"},
    {"K224", "西周史", "xi zhou shi"},
    {"K234", "汉代史", "han dai shi"},
    {"K242", "唐代史", "tang dai shi"},
    {"K244", "宋代史", "song dai shi"},
    {"K248", "明代史", "ming dai shi"},
    {"K249", "清代史", "qing dai shi"},
    {"K25", "近代史", "jin dai shi"},
    {"K258", "民国史", "min guo shi"},
    {"K265", "抗日战争史", "kang ri zhan zheng shi"},
    {"K29", "地方史", "di fang shi"},
    {"K295.1", "上海史", "shang hai shi"},
    {"K81", "传记", "zhuan ji"},
    {"K825.6", "文学家传记", "wen xue jia zhuan ji"},
    {"K87", "考古", "kao gu"},
    {"K892", "民俗", "min su"},
    {"K928", "中国地理", "zhong guo di li"},
    {"K928(2)", "历史地理图集", "li shi di li tu ji"},
    {"K928.9", "旅游地理", "lü you di li"},
    {"N09", "自然科学史", "zi ran ke xue shi"},
    {"O1", "数学", "shu xue"},
    {"O1-49", "数学通俗读物", "shu xue tong su du wu"},
    {"O13", "高等数学", "gao deng shu xue"},
    {"O15", "代数学", "dai shu xue"},
    {"O17", "数学分析", "shu xue fen xi"},
    {"O21", "概率论", "gai lü lun"},
    {"O4", "物理学", "wu li xue"},
    {"O413", "量子力学", "liang zi li xue"},
    {"O6", "化学", "hua xue"},
    {"O62", "有机化学", "you ji hua xue"},
    {"P1", "天文学", "tian wen xue"},
    {"P4", "气象学", "qi xiang xue"},
    {"P5", "地质学", "di zhi xue"},
    {"P7", "海洋学", "hai yang xue"},
    {"Q1", "普通生物学", "pu tong sheng wu xue"},
    {"Q3", "遗传学", "yi chuan xue"},
    {"Q94", "植物学", "zhi wu xue"},
    {"Q95", "动物学", "dong wu xue"},
    {"R1", "卫生学", "wei sheng xue"},
    {"R161", "养生保健", "yang sheng bao jian"},
    {"R2", "中医学", "zhong yi xue"},
    {"R22", "中医基础", "zhong yi ji chu"},
    {"R28", "中药学", "zhong yao xue"},
    {"R4", "临床医学", "lin chuang yi xue"},
    {"R711", "妇科学", "fu ke xue"},
    {"R711-62", "妇科手册", "fu ke shou ce"},
    {"R711(711)", "北美妇产医学", "bei mei fu chan yi xue"},
    {"R711=6", "当代妇科学", "dang dai fu ke xue"},
    {"R711:R83", "航海妇科医学", "hang hai fu ke yi xue"},
    {"R711+R173", "妇女保健", "fu nü bao jian"},
    {"R711.1", "妇科解剖", "fu ke jie pou"},
    {"S5", "农作物", "nong zuo wu"},
    {"S68", "花卉园艺", "hua hui yuan yi"},
    {"TB4", "包装工程", "bao zhuang gong cheng"},
    {"TG1", "金属学", "jin shu xue"},
    {"TM1", "电工学", "dian gong xue"},
    {"TN91", "通信工程", "tong xin gong cheng"},
    {"TP18", "人工智能", "ren gong zhi neng"},
    {"TP31", "计算机软件", "ji suan ji ruan jian"},
    {"TP311.13", "数据库系统", "shu ju ku xi tong"},
    {"TP312", "程序语言", "cheng xu yu yan"},
    {"TP312C", "C语言程序设计", "C yu yan cheng xu she ji"},
    {"TP312JA", "Java程序设计", "Java cheng xu she ji"},
    {"TP39", "计算机应用", "ji suan ji ying yong"},
    {"TP39-44", "计算机应用试题", "ji suan ji ying yong shi ti"},
    {"TP39(2)", "中国计算机应用", "zhong guo ji suan ji ying yong"},
    {"TP39:G25", "图书馆计算机应用", "tu shu guan ji suan ji ying yong"},
    {"TP39+TN91", "计算机与通信", "ji suan ji yu tong xin"},
    {"TP391", "信息处理", "xin xi chu li"},
    {"TP391-43", "信息处理教程", "xin xi chu li jiao cheng"},
    {"TP391.1", "文字信息处理", "wen zi xin xi chu li"},
    {"TP393", "计算机网络", "ji suan ji wang luo"},
    {"TS972", "烹饪", "peng ren"},
    {"TU98", "城市规划", "cheng shi gui hua"},
    {"TU986", "园林艺术", "yuan lin yi shu"},
    {"U46", "汽车工程", "qi che gong cheng"},
    {"V4", "航天技术", "hang tian ji shu"},
    {"X32", "环境规划", "huan jing gui hua"},
    {"Z12", "古籍丛书", "gu ji cong shu"},
    {"Z225", "百科全书", "bai ke quan shu"},
    {"Z5", "年鉴", "nian jian"},
    {"Z88", "专题书目", "zhuan ti shu mu"},
};
constexpr Subject kLs1[] = {
    {"B222", "儒家哲學", "ru jia zhe xue"},
    {"D693.2", "國民政府公報", "guo min zheng fu gong bao"},
    {"D923.9", "民法通義", "min fa tong yi"},
    {"F129", "中國經濟史", "zhong guo jing ji shi"},
    {"F832.9", "錢莊業", "qian zhuang ye"},
    {"G529", "新教育", "xin jiao yu"},
    {"G634.3", "國文教科書", "guo wen jiao ke shu"},
    {"H12", "文字學", "wen zi xue"},
    {"H131", "辭源", "ci yuan"},
    {"I207.2", "詞學", "ci xue"},
    {"I222.8", "詞選", "ci xuan"},
    {"I242.4", "章回小說", "zhang hui xiao shuo"},
    {"I246", "新小說", "xin xiao shuo"},
    {"I266", "小品文", "xiao pin wen"},
    {"J212.1", "國畫", "guo hua"},
    {"J292.2", "碑帖", "bei tie"},
    {"K204", "通鑑", "tong jian"},
    {"K25", "近百年史", "jin bai nian shi"},
    {"K29", "方志", "fang zhi"},
    {"K291", "地方志彙編", "di fang zhi hui bian"},
    {"K820.9", "家譜", "jia pu"},
    {"K825", "名人年譜", "ming ren nian pu"},
    {"K825.4", "學人書札", "xue ren shu zha"},
    {"K877", "金石學", "jin shi xue"},
    {"K928.6", "輿地圖說", "yu di tu shuo"},
    {"R2-52", "醫學叢書", "yi xue cong shu"},
    {"R28", "本草", "ben cao"},
    {"Z121", "四部叢刊", "si bu cong kan"},
    {"Z425", "文集", "wen ji"},
    {"Z83", "藏書目錄", "cang shu mu lu"},
};
constexpr Subject kQk1[] = {
    {"C55", "社会科学", "she hui ke xue"},
    {"D6", "行政", "xing zheng"},
    {"F12", "经济", "jing ji"},
    {"G21", "新闻", "xin wen"},
    {"G25", "图书馆", "tu shu guan"},
    {"G4", "教育", "jiao yu"},
    {"H1", "语文", "yu wen"},
    {"I2", "文学", "wen xue"},
    {"J2", "美术", "mei shu"},
    {"K2", "历史", "li shi"},
    {"N1", "科学", "ke xue"},
    {"O1", "数学", "shu xue"},
    {"R2", "中医", "zhong yi"},
    {"TP3", "计算机", "ji suan ji"},
};
constexpr Subject kCp1[] = {
    {"J642", "歌曲", "ge qu"},
    {"J642.1", "电影歌曲", "dian ying ge qu"},
    {"J643", "民歌", "min ge"},
    {"J648", "民族器乐", "min zu qi yue"},
    {"J657", "钢琴曲", "gang qin qu"},
    {"J821", "京剧唱段", "jing ju chang duan"},
    {"J825.51", "沪剧唱段", "hu ju chang duan"},
    {"J826", "评弹", "ping tan"},
};
constexpr Subject kSe1[] = {
    {"B848", "少年励志", "shao nian li zhi"},
    {"G613", "幼儿园游戏", "you er yuan you xi"},
    {"G624", "小学语文", "xiao xue yu wen"},
    {"G898", "智力游戏", "zhi li you xi"},
    {"H123", "看图识字", "kan tu shi zi"},
    {"I17", "世界童话", "shi jie tong hua"},
    {"I277", "民间故事", "min jian gu shi"},
    {"I286", "儿童诗歌", "er tong shi ge"},
    {"I287.4", "儿童小说", "er tong xiao shuo"},
    {"I287.7", "童话", "tong hua"},
    {"I287.8", "图画故事", "tu hua gu shi"},
    {"I561.8", "英国童话", "ying guo tong hua"},
    {"J218", "儿童绘画", "er tong hui hua"},
    {"J228.4", "连环画", "lian huan hua"},
    {"K109", "少年世界史", "shao nian shi jie shi"},
    {"K209", "少年中国史", "shao nian zhong guo shi"},
    {"N49", "科学普及", "ke xue pu ji"},
    {"O1-49", "趣味数学", "qu wei shu xue"},
    {"P159", "星空", "xing kong"},
    {"Q915", "恐龙", "kong long"},
    {"Q95-49", "动物世界", "dong wu shi jie"},
    {"V11", "飞机", "fei ji"},
    {"Z228", "少年百科", "shao nian bai ke"},
};
constexpr Subject kEw1[] = {
    {"B0", "философии", "Философия"},
    {"B84", "психологии", "Психология"},
    {"C91", "социологии", "Социология"},
    {"D0", "политической мысли", "Политическая мысль"},
    {"F0", "политической экономии", "Политическая экономия"},
    {"F74", "внешней торговли", "Внешняя торговля"},
    {"G25", "библиотековедения", "Библиотековедение"},
    {"G40", "педагогики", "Педагогика"},
    {"H35", "русского языка", "Русский язык"},
    {"I512.06", "русской литературы", "Русская литература"},
    {"I512.073", "русского романа", "Русский роман"},
    {"J6", "музыки", "Музыка"},
    {"K512", "истории России", "Россия"},
    {"K516", "германской истории", "Германия"},
    {"N09", "естествознания", "Естествознание"},
    {"O1", "математики", "Математика"},
    {"O15", "высшей алгебры", "Алгебра"},
    {"O17", "математического анализа", "Математический анализ"},
    {"O3", "теоретической механики", "Механика теоретическая"},
    {"O4", "общей физики", "Физика"},
    {"O6", "органической химии", "Химия органическая"},
    {"P1", "астрономии", "Астрономия"},
    {"P5", "геологии", "Геология"},
    {"Q94", "физиологии растений", "Растения"},
    {"R1", "гигиены", "Гигиена"},
    {"S1", "почвоведения", "Почвоведение"},
    {"TB3", "сопротивления материалов", "Сопротивление материалов"},
    {"TF1", "металлургии стали", "Сталь"},
    {"TH1", "деталей машин", "Детали машин"},
    {"TM1", "электротехники", "Электротехника"},
    {"TN1", "радиотехники", "Радиотехника"},
    {"TU3", "строительной механики", "Строительная механика"},
    {"U2", "железнодорожного дела", "Железные дороги"},
    {"V2", "авиационной техники", "Авиация"},
};
constexpr Subject kWy1[] = {
    {"B945", "American philosophy", "eng"},
    {"BF121", "psychology", "eng"},
    {"BH39", "ästhetische Erfahrung", "ger"},
    {"CB245", "civilisation occidentale", "fre"},
    {"D16.8", "historical method", "eng"},
    {"D21", "world history", "eng"},
    {"DC110", "Révolution française", "fre"},
    {"DD117", "Geschichte des Rheinlandes", "ger"},
    {"DS706", "Chinese history", "eng"},
    {"DS735", "the treaty ports", "eng"},
    {"DS796.2", "Old Shanghai", "eng"},
    {"G116", "exploration", "eng"},
    {"GN316", "social anthropology", "eng"},
    {"HB171", "economics", "eng"},
    {"HB501", "das Kapital", "ger"},
    {"HD30.28", "management", "eng"},
    {"HF5415", "marketing", "eng"},
    {"HG1573", "banking in China", "eng"},
    {"HM585", "sociologie générale", "fre"},
    {"JC11", "political thought", "eng"},
    {"K46", "Rechtsphilosophie", "ger"},
    {"LB1025", "education", "eng"},
    {"ML410", "Beethoven und seine Zeit", "ger"},
    {"N5300", "l'histoire de l'art", "fre"},
    {"NA2500", "architecture", "eng"},
    {"ND1040", "Chinese painting", "eng"},
    {"P121", "linguistics", "eng"},
    {"PC2112", "grammaire française", "fre"},
    {"PF3112", "deutsche Grammatik", "ger"},
    {"PL1111", "the Chinese language", "eng"},
    {"PL2262", "Chinese literature", "eng"},
    {"PN45", "literary theory", "eng"},
    {"PN3331", "the novel", "eng"},
    {"PQ2162", "Balzac et son œuvre", "fre"},
    {"PR2894", "Shakespeare", "eng"},
    {"PT2177", "Goethes Faust", "ger"},
    {"Q125", "the history of science", "eng"},
    {"QA9", "mathematical logic", "eng"},
    {"QA9.27", "recursive functions", "eng"},
    {"QA9.3", "set theory", "eng"},
    {"QA10", "algebraic logic", "eng"},
    {"QA76", "computing", "eng"},
    {"QA76.73", "programming languages", "eng"},
    {"QA76.9", "database systems", "eng"},
    {"QA273", "probability", "eng"},
    {"QA303", "analyse mathématique", "fre"},
    {"QB43", "astronomy", "eng"},
    {"QC21", "physics", "eng"},
    {"QC174.12", "quantum mechanics", "eng"},
    {"QD31", "Allgemeine Chemie", "ger"},
    {"QE26", "geology", "eng"},
    {"QH307", "biology", "eng"},
    {"QK47", "botanique", "fre"},
    {"R131", "the history of medicine", "eng"},
    {"R601", "traditional Chinese medicine", "eng"},
    {"S439", "soil science", "eng"},
    {"T14.5", "technology and society", "eng"},
    {"TA145", "engineering", "eng"},
    {"TK5105", "computer networks", "eng"},
    {"TR145", "photography", "eng"},
    {"Z665", "library science", "eng"},
    {"Z671", "Bibliothekswesen", "ger"},
    {"Z693", "cataloguing", "eng"},
    {"Z699", "library automation", "eng"},
};
constexpr Subject kWy2[] = {
    {"004", "computers", "eng"},
    {"005.13", "programming", "eng"},
    {"020", "libraries", "eng"},
    {"025", "library operations", "eng"},
    {"025.04", "information storage", "eng"},
    {"025.1", "library administration", "eng"},
    {"025.12", "document delivery", "eng"},
    {"026", "special libraries", "eng"},
    {"070.5", "publishing", "eng"},
    {"100", "philosophy", "eng"},
    {"150", "the mind", "eng"},
    {"158.1", "self-improvement", "eng"},
    {"170", "ethics", "eng"},
    {"294.3", "Buddhism", "eng"},
    {"320", "politics", "eng"},
    {"330.15", "economic thought", "eng"},
    {"338.9", "development", "eng"},
    {"341", "international law", "eng"},
    {"370", "schooling", "eng"},
    {"391", "costume", "eng"},
    {"398.2", "folk tales", "eng"},
    {"420", "English usage", "eng"},
    {"428", "English for readers", "eng"},
    {"495.1", "Chinese for beginners", "eng"},
    {"510", "mathematics", "eng"},
    {"523", "the planets", "eng"},
    {"530", "everyday physics", "eng"},
    {"567.9", "dinosaurs", "eng"},
    {"570", "life", "eng"},
    {"591.5", "animal behaviour", "eng"},
    {"613", "health", "eng"},
    {"629.1", "flight", "eng"},
    {"635", "gardens", "eng"},
    {"641.5", "cookery", "eng"},
    {"658.4", "leadership", "eng"},
    {"709", "art", "eng"},
    {"720", "buildings", "eng"},
    {"741.5", "comics", "eng"},
    {"770", "photographs", "eng"},
    {"780", "music", "eng"},
    {"793", "games", "eng"},
    {"796", "sport", "eng"},
    {"808.8", "anthologies", "eng"},
    {"811", "American poems", "eng"},
    {"813", "American stories", "eng"},
    {"821", "English poems", "eng"},
    {"823", "English stories", "eng"},
    {"833", "deutsche Erzählungen", "ger"},
    {"843", "contes français", "fre"},
    {"895.1", "Chinese stories", "eng"},
    {"909", "civilisations", "eng"},
    {"914", "travels in Europe", "eng"},
    {"915.1", "travels in China", "eng"},
    {"920", "lives", "eng"},
    {"940", "Europe", "eng"},
    {"951", "China", "eng"},
    {"973", "America", "eng"},
};

constexpr Word kSurnames[] = {
    {"王", "wang"},  {"李", "li"},    {"张", "zhang"},     {"刘", "liu"},     {"陈", "chen"},
    {"杨", "yang"},  {"黄", "huang"}, {"赵", "zhao"},      {"吴", "wu"},      {"周", "zhou"},
    {"徐", "xu"},    {"孙", "sun"},   {"马", "ma"},        {"朱", "zhu"},     {"胡", "hu"},
    {"郭", "guo"},   {"何", "he"},    {"林", "lin"},       {"高", "gao"},     {"罗", "luo"},
    {"郑", "zheng"}, {"梁", "liang"}, {"谢", "xie"},       {"宋", "song"},    {"唐", "tang"},
    {"许", "xu"},    {"韩", "han"},   {"冯", "feng"},      {"邓", "deng"},    {"曹", "cao"},
    {"彭", "peng"},  {"曾", "zeng"},  {"萧", "xiao"},      {"田", "tian"},    {"董", "dong"},
    {"潘", "pan"},   {"袁", "yuan"},  {"蔡", "cai"},       {"蒋", "jiang"},   {"余", "yu"},
    {"于", "yu"},    {"杜", "du"},    {"叶", "ye"},        {"程", "cheng"},   {"魏", "wei"},
    {"苏", "su"},    {"吕", "lü"},    {"丁", "ding"},      {"任", "ren"},     {"卢", "lu"},
    {"姚", "yao"},   {"沈", "shen"},  {"钟", "zhong"},     {"姜", "jiang"},   {"顾", "gu"},
    {"陆", "lu"},    {"钱", "qian"},  {"欧阳", "ou yang"}, {"司马", "si ma"}, {"诸葛", "zhu ge"},
};
constexpr Word kGivenNames[] = {
    {"建国", "jian guo"},  {"志明", "zhi ming"},  {"文华", "wen hua"},    {"晓东", "xiao dong"},
    {"丽华", "li hua"},    {"国强", "guo qiang"}, {"永康", "yong kang"},  {"淑芬", "shu fen"},
    {"秀英", "xiu ying"},  {"海燕", "hai yan"},   {"德明", "de ming"},    {"思远", "si yuan"},
    {"雨桐", "yu tong"},   {"子涵", "zi han"},    {"明", "ming"},         {"伟", "wei"},
    {"芳", "fang"},        {"敏", "min"},         {"静", "jing"},         {"磊", "lei"},
    {"洋", "yang"},        {"勇", "yong"},        {"杰", "jie"},          {"娟", "juan"},
    {"涛", "tao"},         {"超", "chao"},        {"霞", "xia"},          {"平", "ping"},
    {"刚", "gang"},        {"桂英", "gui ying"},  {"长庚", "chang geng"}, {"鹤年", "he nian"},
    {"寿彭", "shou peng"}, {"元济", "yuan ji"},   {"定一", "ding yi"},    {"云龙", "yun long"},
    {"其昌", "qi chang"},  {"希孟", "xi meng"},   {"兰亭", "lan ting"},   {"慕白", "mu bai"},
    {"怀瑾", "huai jin"},  {"若水", "ruo shui"},  {"清源", "qing yuan"},  {"仲谋", "zhong mou"},
    {"伯安", "bo an"},     {"学诚", "xue cheng"}, {"景行", "jing xing"},  {"维新", "wei xin"},
};
constexpr Word kRareGivenNames[] = {
    {"𠮷生", "ji sheng"},   // U+20BB7
    {"𠀀文", "he wen"},     // U+20000
    {"朱𬬻", "zhu lu"},  // U+2CB3B
    {"㛃", "jie"},          // U+36C3
    {"䶮", "yan"},          // U+4DAE
    {"镕", "rong"},        {"喆", "zhe"}, {"堃", "kun"}, {"翯", "he"},
};
constexpr Word kPrefixes[] = {
    {"", ""},
    {"", ""},
    {"", ""},
    {"", ""},
    {"", ""},
    {"中国", "zhong guo "},
    {"当代", "dang dai "},
    {"现代", "xian dai "},
    {"上海", "shang hai "},
    {"江南", "jiang nan "},
    {"新编", "xin bian "},
    {"实用", "shi yong "},
    {"比较", "bi jiao "},
    {"简明", "jian ming "},
    {"图解", "tu jie "},
};
constexpr Word kSuffixes[] = {
    {"概论", "gai lun"},
    {"研究", "yan jiu"},
    {"导论", "dao lun"},
    {"通论", "tong lun"},
    {"史略", "shi lüe"},
    {"原理", "yuan li"},
    {"基础", "ji chu"},
    {"入门", "ru men"},
    {"十讲", "shi jiang"},
    {"新探", "xin tan"},
    {"论稿", "lun gao"},
    {"文选", "wen xuan"},
    {"教程", "jiao cheng"},
    {"手册", "shou ce"},
    {"讲义", "jiang yi"},
    {"论集", "lun ji"},
    {"史话", "shi hua"},
    {"导读", "dao du"},
    {"发展报告", "fa zhan bao gao"},
    {"与社会变迁", "yu she hui bian qian"},
    {"名著选读", "ming zhu xuan du"},
    {"百年回顾", "bai nian hui gu"},
    {"案例分析", "an li fen xi"},
    {"资料汇编", "zi liao hui bian"},
    {"的理论与实践", "de li lun yu shi jian"},
};
constexpr Word kChildrenSuffixes[] = {
    {"故事", "gu shi"},
    {"大全", "da quan"},
    {"一百问", "yi bai wen"},
    {"图典", "tu dian"},
    {"奇妙之旅", "qi miao zhi lü"},
    {"小百科", "xiao bai ke"},
    {"的秘密", "de mi mi"},
    {"精选", "jing xuan"},
    {"天天读", "tian tian du"},
};
constexpr Word kOldSuffixes[] = {
    {"彙編", "hui bian"}, {"考", "kao"},        {"初集", "chu ji"}, {"概要", "gai yao"},
    {"講義", "jiang yi"}, {"大綱", "da gang"},  {"紀要", "ji yao"}, {"叢談", "cong tan"},
    {"要略", "yao lüe"},  {"選本", "xuan ben"}, {"目錄", "mu lu"},  {"圖說", "tu shuo"},
};
constexpr Word kSerialSuffixes[] = {
    {"学报", "xue bao"}, {"通讯", "tong xun"}, {"研究", "yan jiu"},  {"月刊", "yue kan"},
    {"论坛", "lun tan"}, {"评论", "ping lun"}, {"丛刊", "cong kan"}, {"世界", "shi jie"},
};
constexpr Word kSeries[] = {
    {"当代学术文库", "dang dai xue shu wen ku"},    {"上海文化丛书", "shang hai wen hua cong shu"},
    {"高等学校教材", "gao deng xue xiao jiao cai"}, {"青年学者文丛", "qing nian xue zhe wen cong"},
    {"大众知识文库", "da zhong zhi shi wen ku"},    {"江南史地丛书", "jiang nan shi di cong shu"},
};
constexpr Word kForeignAuthors[] = {
    {"(英) 狄更斯", "Dickens, Charles"},    {"(俄) 托尔斯泰", "Толстой, Лев"},
    {"(法) 巴尔扎克", "Balzac, Honoré de"}, {"(德) 歌德", "Goethe, Johann Wolfgang von"},
    {"(日) 夏目漱石", "夏目漱石"},          {"(美) 马克·吐温", "Twain, Mark"},
};
constexpr Publisher kPublishers[] = {
    {"北京", "商务印书馆", "7100", "017"},
    {"北京", "中华书局", "7101", "018"},
    {"上海", "上海人民出版社", "7208", "074"},
    {"上海", "上海古籍出版社", "75325", "186"},
    {"上海", "复旦大学出版社", "7309", "253"},
    {"北京", "人民文学出版社", "702", "019"},
    {"北京", "科学出版社", "703", "031"},
    {"北京", "高等教育出版社", "704", "010"},
    {"北京", "人民出版社", "701", "001"},
    {"北京", "清华大学出版社", "7302", "235"},
    {"上海", "上海科学技术出版社", "75323", "119"},
    {"南京", "江苏人民出版社", "7214", "100"},
    {"广州", "广东人民出版社", "7218", "111"},
    {"成都", "四川人民出版社", "7220", "118"},
    {"武汉", "湖北人民出版社", "7216", "106"},
    {"上海", "上海译文出版社", "75327", "188"},
    {"杭州", "浙江大学出版社", "7308", "337"},
    {"桂林", "广西师范大学出版社", "7563", "342"},
    {"北京", "三联书店", "7108", "002"},
    {"上海", "华东师范大学出版社", "75617", "135"},
};
constexpr Publisher kOldPublishers[] = {
    {"上海", "商務印書館", "", ""},   {"上海", "中華書局", "", ""},
    {"上海", "世界書局", "", ""},     {"上海", "大東書局", "", ""},
    {"上海", "開明書店", "", ""},     {"重慶", "正中書局", "", ""},
    {"上海", "良友圖書公司", "", ""}, {"北平", "國立北平圖書館", "", ""},
    {"上海", "掃葉山房", "", ""},
};
constexpr Publisher kChildrenPublishers[] = {
    {"上海", "少年儿童出版社", "75324", "024"},
    {"北京", "中国少年儿童出版社", "75007", "056"},
    {"南京", "江苏少年儿童出版社", "75346", "352"},
    {"杭州", "浙江少年儿童出版社", "75342", "284"},
};
constexpr Publisher kDiscPublishers[] = {
    {"上海", "百代公司", "", ""},   {"上海", "胜利公司", "", ""}, {"上海", "大中华唱片厂", "", ""},
    {"上海", "中国唱片社", "", ""}, {"上海", "高亭公司", "", ""},
};

using Text = std::string_view;
constexpr Text kEnglishTitles[] = {
    "An introduction to {}",
    "The principles of {}",
    "Essays on {}",
    "A short history of {}",
    "{}",
    "Readings in {}",
    "Studies in {}",
    "A companion to {}",
    "The future of {}",
    "Understanding {}",
    "Problems in {}",
    "Lectures on {}",
    "A handbook of {}",
    "New light on {}",
};
constexpr Text kGermanTitles[] = {"Einführung : {}",       "{}",
                                  "Grundriß : {}",         "Vorlesungen über {}",
                                  "Aufsätze zum Thema {}", "Beiträge : {}",
                                  "Lesebuch : {}"};
constexpr Text kFrenchTitles[] = {"Études : {}",
                                  "{}",
                                  "Introduction à l'étude : {}",
                                  "Précis : {}",
                                  "Leçons choisies : {}",
                                  "Mélanges : {}",
                                  "Manuel élémentaire : {}"};
constexpr Text kEnglishSurnames[] = {"Smith",     "Johnson", "Taylor",   "Brown",  "Wilson",
                                     "Evans",     "O'Brien", "Fairbank", "Hughes", "Walker",
                                     "MacDonald", "Needham", "Clarke",   "Brontë", "Hart",
                                     "Whitfield", "Ashby",   "Legge"};
constexpr Text kEnglishGiven[] = {"John",   "Mary",   "William", "Elizabeth", "James",
                                  "Alice",  "Robert", "Zoë",     "Thomas",    "Margaret",
                                  "George", "Helen",  "Arthur",  "Ruth"};
constexpr Text kGermanSurnames[] = {"Müller", "Schröder", "Weiß",       "Köhler",   "Günther",
                                    "Jäger",  "Böhm",     "Richthofen", "Großmann", "Hübner"};
constexpr Text kGermanGiven[] = {"Jürgen",    "Käthe", "Wolfgang", "Friedrich",
                                 "Annemarie", "Götz",  "Ulrike",   "Heinz"};
constexpr Text kFrenchSurnames[] = {"Lefèvre", "Béranger",  "Dubois",   "Gâteau", "Prévôt",
                                    "Noël",    "Chavannes", "François", "Hébert", "Maçon"};
constexpr Text kFrenchGiven[] = {"Hélène", "André",   "Jérôme", "Cécile",
                                 "René",   "Édouard", "Zoé",    "Françoise"};
constexpr Publisher kEnglishPublishers[] = {
    {"Oxford", "Oxford University Press", "019", ""},
    {"Cambridge", "Cambridge University Press", "0521", ""},
    {"London", "Macmillan", "0333", ""},
    {"New York", "Wiley", "0471", ""},
    {"Chicago", "University of Chicago Press", "0226", ""},
    {"Shanghai", "Kelly & Walsh", "", ""},
    {"New York", "McGraw-Hill", "007", ""},
    {"London", "Kegan Paul", "07103", ""},
};
constexpr Publisher kGermanPublishers[] = {
    {"Berlin", "Springer", "3540", ""},
    {"Tübingen", "Niemeyer", "3484", ""},
    {"München", "Beck", "3406", ""},
    {"Göttingen", "Vandenhoeck & Ruprecht", "3525", ""},
};
constexpr Publisher kFrenchPublishers[] = {
    {"Paris", "Presses universitaires de France", "213", ""},
    {"Paris", "Gallimard", "207", ""},
    {"Genève", "Droz", "2600", ""},
    {"Paris", "Éditions du Seuil", "202", ""},
};
constexpr Text kRussianTitles[] = {
    "Основы {}",
    "Введение в изучение {}",
    "Вопросы {}",
    "Курс {}",
    "Проблемы {}",
    "Очерки по истории {}",
    "История {}",
    "Теория и практика {}",
    "Задачи {}",
    "Развитие {} в СССР",
    "Лекции по вопросам {}",
    "Сборник статей по вопросам {}",
    "Учебник {}",
    "Современные методы {}",
};
constexpr Text kRussianSurnames[] = {
    "Иванов",    "Петров",  "Смирнов",  "Кузнецов", "Попов",    "Щербаков",
    "Жуковский", "Цветаев", "Чехов",    "Ершов",    "Юдин",     "Яковлев",
    "Хвостов",   "Ёлкин",   "Воробьёв", "Фёдоров",  "Соловьёв", "Андреев",
};
constexpr Text kRussianInitials[] = {"А. А.", "В. И.", "Н. П.", "С. М.", "Е. Ю.",
                                     "Ф. М.", "И. Я.", "Л. Н.", "Г. Щ.", "П. Ж."};
constexpr Publisher kRussianPublishers[] = {
    {"Москва", "Наука", "502", ""},        {"Ленинград", "Наука", "502", ""},
    {"Москва", "Высшая школа", "506", ""}, {"Москва", "Мир", "503", ""},
    {"Москва", "Просвещение", "509", ""},  {"Киев", "Вища школа", "511", ""},
};

/// ALA-LC romanisation of the lower-case Russian letters U+0430 to U+044F.
constexpr Text kRomanised[32] = {"a",
                                 "b",
                                 "v",
                                 "g",
                                 "d",
                                 "e",
                                 "zh",
                                 "z",
                                 "i",
                                 "i\u0306",
                                 "k",
                                 "l",
                                 "m",
                                 "n",
                                 "o",
                                 "p",
                                 "r",
                                 "s",
                                 "t",
                                 "u",
                                 "f",
                                 "kh",
                                 "t\uFE20s\uFE21",
                                 "ch",
                                 "sh",
                                 "shch",
                                 "\u02BA",
                                 "y",
                                 "\u02B9",
                                 "e\u0307",
                                 "i\uFE20u\uFE21",
                                 "i\uFE20a\uFE21"};

}  // namespace

std::span<const Subject> subjects_jc1() { return kJc1; }
std::span<const Subject> subjects_jc2() { return kJc2; }
std::span<const Subject> subjects_ls1() { return kLs1; }
std::span<const Subject> subjects_qk1() { return kQk1; }
std::span<const Subject> subjects_cp1() { return kCp1; }
std::span<const Subject> subjects_se1() { return kSe1; }
std::span<const Subject> subjects_wy1() { return kWy1; }
std::span<const Subject> subjects_wy2() { return kWy2; }
std::span<const Subject> subjects_ew1() { return kEw1; }
std::span<const Word> surnames() { return kSurnames; }
std::span<const Word> given_names() { return kGivenNames; }
std::span<const Word> rare_given_names() { return kRareGivenNames; }
std::span<const Word> prefixes() { return kPrefixes; }
std::span<const Word> suffixes() { return kSuffixes; }
std::span<const Word> children_suffixes() { return kChildrenSuffixes; }
std::span<const Word> old_suffixes() { return kOldSuffixes; }
std::span<const Word> serial_suffixes() { return kSerialSuffixes; }
std::span<const Word> series() { return kSeries; }
std::span<const Word> foreign_authors() { return kForeignAuthors; }
std::span<const Publisher> publishers() { return kPublishers; }
std::span<const Publisher> old_publishers() { return kOldPublishers; }
std::span<const Publisher> children_publishers() { return kChildrenPublishers; }
std::span<const Publisher> disc_publishers() { return kDiscPublishers; }

std::span<const Text> western_titles(Text language) {
    if (language == "ger") return kGermanTitles;
    if (language == "fre") return kFrenchTitles;
    return kEnglishTitles;
}
std::span<const Text> western_surnames(Text language) {
    if (language == "ger") return kGermanSurnames;
    if (language == "fre") return kFrenchSurnames;
    return kEnglishSurnames;
}
std::span<const Text> western_given_names(Text language) {
    if (language == "ger") return kGermanGiven;
    if (language == "fre") return kFrenchGiven;
    return kEnglishGiven;
}
std::span<const Publisher> western_publishers(Text language) {
    if (language == "ger") return kGermanPublishers;
    if (language == "fre") return kFrenchPublishers;
    return kEnglishPublishers;
}
std::span<const Text> russian_titles() { return kRussianTitles; }
std::span<const Text> russian_surnames() { return kRussianSurnames; }
std::span<const Text> russian_initials() { return kRussianInitials; }
std::span<const Publisher> russian_publishers() { return kRussianPublishers; }

std::string romanised(Text cyrillic) {
    std::string out;
    for (std::size_t at = 0; at < cyrillic.size();) {
        const std::size_t from = at;
        char32_t c = next_code_point(cyrillic, at);
        const bool is_capital = (c >= 0x410 && c <= 0x42F) || c == 0x401;
        if (c == 0x401 || c == 0x451) {  // Ё
            out += is_capital ? "E\u0308" : "e\u0308";
            continue;
        }
        if (is_capital) c += 0x20;
        if (c < 0x430 || c > 0x44F) {
            out += cyrillic.substr(from, at - from);
            continue;
        }
        const std::size_t start = out.size();
        out += kRomanised[c - 0x430];
        if (is_capital && out[start] >= 'a' && out[start] <= 'z')
            out[start] = static_cast<char>(out[start] - 'a' + 'A');
    }
    return out;
}

}  // namespace tushu::simulate
